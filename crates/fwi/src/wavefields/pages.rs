//! `report.html` of a scenario of wavefields.

use super::outcome::FieldRow;
use super::pictures::{View, note};
use super::run::FieldRun;
use super::table;
use crate::drawing::{Dash, Ink};
use crate::figure::{Axis, Chart, Curve, Panel};
use crate::report::{bar, charts, figure, page};
use crate::svg::escape;

/// Width of a map.
const SIDE: f64 = 184.0;
const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(super) fn html(run: &FieldRun) -> String {
    let summaries = run.summaries();
    let results = table::table(&summaries);
    let mut verdict: String = (table::verdict(&summaries).iter())
        .map(|s| format!("<p><strong>{}</strong>{}</p>", escape(&s.about), escape(&s.text)))
        .collect();
    for sentence in results.troubles() {
        verdict += &format!(
            "<p class=\"trouble\"><strong>{}</strong>{}</p>",
            escape(&sentence.about),
            escape(&sentence.text)
        );
    }
    let caption = format!("Compared with {}, away from the sources.", run.truth.how);
    let mut body = page::header("Wavefield report", &run.name, &run.description);
    body += &format!("<section class=\"verdict\" aria-label=\"Verdict\">{verdict}</section>");
    body += &page::section("Results", &caption, &results.html().into_string());
    body += &page::section("Wavefields", "", &maps(run));
    body += &page::section("Convergence", "Logarithmic axes.", &curves(run));
    let mut facts = run.facts.clone();
    for (summary, _, _) in &run.found {
        let text = format!("{} on {}; stopped: {}", summary.method, summary.device, summary.stopped_because);
        facts.push((summary.name.clone(), text));
    }
    body += &page::facts_and_scenario(&facts, &run.text, "");
    page::document(&run.name, &body)
}

/// The truth and the fields, a row a view, each row on one scale.
fn maps(run: &FieldRun) -> String {
    let source = run.shown_source();
    let truth = &run.truth.fields[source];
    let mut text = String::new();
    for view in View::ALL {
        let scale = view.scale(truth);
        let mut figures = String::new();
        if view != View::Difference {
            figures +=
                &figure(&Panel::new("true", &run.grid, &view.values(truth, truth)), SIDE, &scale, None);
        }
        for (summary, fields, _) in &run.found {
            let values = view.values(&fields[source], truth);
            let note = note(summary);
            figures += &figure(
                &Panel { note, ..Panel::new(&*summary.name, &run.grid, &values) },
                SIDE,
                &scale,
                None,
            );
        }
        text +=
            &format!("<h3>{}</h3><div class=\"figures fields\">{figures}</div>{}", view.title(), bar(&scale));
    }
    text
}

/// One number of a row.
type Number = fn(&FieldRow) -> Option<f64>;

fn curves(run: &FieldRun) -> String {
    let error: Number = |r| r.wavefield_relative_l2;
    let residual: Number = |r| r.residual;
    let wall: Number = |r| Some(r.wall_s);
    let mut all = Vec::new();
    for (title, label, y) in
        [("Error", "relative error of the field", error), ("Residual", "relative residual", residual)]
    {
        let mut curves = Vec::new();
        for (i, (summary, _, history)) in run.found.iter().enumerate() {
            let points: Vec<[f64; 2]> = history.iter().filter_map(|r| Some([wall(r)?, y(r)?])).collect();
            if points.len() > 1 {
                let name = summary.name.clone();
                curves.push(Curve { name, ink: Ink::Series(i), dash: Dash::Solid, points });
            }
        }
        if !curves.is_empty() {
            let (x, y) = (Axis::logarithmic("wall time (s)"), Axis::logarithmic(label));
            all.push(Chart { title: format!("{title} over time"), x, y, curves, plot: PLOT });
        }
    }
    charts(&all)
}
