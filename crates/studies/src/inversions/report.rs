//! The report of inversions: the sections of their page.

mod differences;
mod explained;
mod gathers;
mod maps;
mod model_gallery;
mod parameters;
mod plots;
mod spread;
mod wells;

use crate::inversions::outcome::Comparison;
use figures::page::{Page, Section};
use figures::tables::Compared;

pub(crate) use maps::model_scale;
pub(crate) use parameters::draw_parameter;
pub(crate) use plots::misfit_by_iteration;

/// The whole page.
///
/// Sections without content (no truth, no wavefields, no histories) are left out.
#[must_use]
pub fn html(run: &Comparison, results: &[Compared]) -> String {
    Page {
        kind: "Full-waveform inversion report",
        title: run.scenario.clone(),
        description: run.information.description.clone(),
        results,
        sections: vec![
            Section::results("", results),
            maps::models(run),
            spread::spread(run),
            parameters::parameters(run),
            plots::profiles(run),
            wells::wells(run),
            plots::convergence(run),
            maps::wavefields(run),
            gathers::gathers(run),
        ],
        facts: facts(run),
        scenario: run.scenario_text.clone(),
        remark: "Lengths are in metres; x points to the right and z points down. Errors are relative to the true model or \
                 to the observed data, in the L2 norm.",
    }
    .html()
}

/// Facts about the run.
fn facts(run: &Comparison) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    for (title, model) in [("true model", &run.truth), ("starting model", &run.initial)] {
        if let Some(m) = model {
            let ([lo, hi], axes) = (m.range(), m.grid.axes());
            let joined = |words: Vec<String>| words.join(" \u{d7} ");
            let nodes = joined(axes.iter().map(|axis| axis.nodes.to_string()).collect());
            let cell =
                joined(axes.iter().map(|axis| survey::ticks::six_digits(axis.spacing).to_string()).collect());
            let names = joined(fd::coordinate_names(axes.len()).iter().map(ToString::to_string).collect());
            let (name, suffix) = (run.quantity().name, run.quantity().suffix());
            let of = if run.media.initial.is_empty() { String::new() } else { format!("{name} ") };
            let velocities = if hi > lo {
                format!("{of}{lo:.0} to {hi:.0}{suffix}")
            } else {
                format!("{of}{lo:.0}{suffix}")
            };
            let text = format!("{nodes} nodes ({names}), {cell} m, {velocities}");
            facts.push((title.to_owned(), text));
        }
    }
    if let Some(s) = &run.information.survey {
        facts.push(("survey".to_owned(), format!("{} sources, {}", s.sources.len(), s.receivers)));
    }
    for o in &run.outcomes {
        facts.push((o.name.clone(), format!("{} on {}; stopped: {}", o.method, o.device, o.stopped_because)));
    }
    facts.extend(run.information.facts.iter().cloned());
    facts
}

#[cfg(test)]
mod tests;
