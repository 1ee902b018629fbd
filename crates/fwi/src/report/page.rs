//! The page around the figures: head, sections, and what is known of the run.

use crate::outcome::Comparison;
use crate::svg::escape;

/// A whole HTML document.
pub(crate) fn document(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>{title} \u{2013} full-waveform inversion</title>\n<style>{}</style>\n</head>\n\
         <body>\n<main>\n{body}\n</main>\n</body>\n</html>\n",
        super::style::SHEET
    )
}

/// What kind of report it is, title and description.
pub(crate) fn header(kind: &str, title: &str, about: &str) -> String {
    format!(
        "<header><p class=\"kicker\">{kind}</p><h1>{}</h1><p class=\"lede\">{}</p></header>\n",
        escape(title),
        escape(about)
    )
}

/// A section with a heading, a caption (plain text, may be empty) and content; nothing when the content is empty.
pub(crate) fn section(heading: &str, caption: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    let caption = if caption.is_empty() {
        String::new()
    } else {
        format!("<p class=\"caption\">{}</p>", escape(caption))
    };
    format!("<section><h2>{heading}</h2>{caption}{content}</section>\n")
}

/// What is known of the run, and the scenario itself.
pub(super) fn about(run: &Comparison) -> String {
    let mut facts: Vec<(String, String)> = Vec::new();
    for (title, model) in [("true model", &run.truth), ("starting model", &run.initial)] {
        if let Some(m) = model {
            let ([lo, hi], [nz, nx]) = (m.range(), m.grid.shape);
            let [dx, dz] = m.grid.spacing.map(crate::ticks::six_digits);
            let velocities = if hi > lo { format!("{lo:.0} to {hi:.0} m/s") } else { format!("{lo:.0} m/s") };
            facts.push((
                title.to_owned(),
                format!("{nx} \u{d7} {nz} nodes (x \u{d7} z), {dx} \u{d7} {dz} m, {velocities}"),
            ));
        }
    }
    if let Some(s) = &run.survey {
        facts.push(("survey".to_owned(), format!("{} sources, {}", s.sources.len(), s.receivers)));
    }
    for o in &run.outcomes {
        facts.push((o.name.clone(), format!("{} on {}; stopped: {}", o.method, o.device, o.stopped_because)));
    }
    facts.extend(run.information.facts.iter().cloned());
    let remark = "Lengths in metres, x across and z down. Errors are relative to the true model or to the observed data in \
                  the L2 norm.";
    facts_and_scenario(&facts, &run.scenario_text, remark)
}

/// The last section: facts, the scenario, a remark on units, and what made the page.
pub(crate) fn facts_and_scenario(facts: &[(String, String)], scenario: &str, remark: &str) -> String {
    let list: String =
        facts.iter().map(|(k, v)| format!("<dt>{}</dt><dd>{}</dd>", escape(k), escape(v))).collect();
    let scenario = if scenario.is_empty() {
        String::new()
    } else {
        format!("<details><summary>The resolved scenario</summary><pre>{}</pre></details>", escape(scenario))
    };
    let footer = format!("<footer>{} Made by fwi {}.</footer>", escape(remark), env!("CARGO_PKG_VERSION"));
    section("About this run", "", &format!("<dl>{list}</dl>{scenario}")) + &footer
}
