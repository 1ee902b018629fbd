//! The page of wavefields.

use maud::{Markup, html};

use super::pictures::{View, note};
use super::run::FieldRun;
use experiments::wavefields::outcome::FieldRow;
use figures::page::pictures::{Gallery, Size, charts};
use figures::page::{Page, Section};
use figures::tables::Compared;
use figures::{Axis, Chart, Curve, Ink, Map};

const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(crate) fn html(run: &FieldRun, results: &[Compared]) -> String {
    let mut facts = run.facts.clone();
    for (summary, _, _) in &run.found {
        let text = format!("{} on {}; stopped: {}", summary.method, summary.device, summary.stopped_because);
        facts.push((summary.name.clone(), text));
    }
    let caption = format!("Errors are relative to {}, away from the sources.", run.truth.how);
    Page {
        kind: "Report of wavefields",
        title: run.name.clone(),
        description: run.description.clone(),
        results,
        sections: vec![
            Section::results(caption, results),
            Section::new("Wavefields", shown(run), maps(run)),
            Section::new("Convergence", "", curves(run)),
        ],
        facts,
        scenario: run.text.clone(),
        remark: "Lengths are in metres; x points to the right and z points down.",
    }
    .html()
}

/// A description of the maps.
fn shown(run: &FieldRun) -> String {
    let source = match run.truth.fields.len() {
        1 => String::new(),
        all => format!("The wavefields of source {} of {all}. ", run.shown_source() + 1),
    };
    format!(
        "{source}Maps of the same quantity share one colour scale, which leaves out the largest 0.5\u{a0}% of the true \
         amplitudes, near the source. The scale of the error is a tenth as long. Values beyond the ends of a scale have the \
         colour of the end. The number above a map is the relative error of the wavefield."
    )
}

/// The true field and the computed ones. Maps of one view share a scale.
fn maps(run: &FieldRun) -> Markup {
    let source = run.shown_source();
    let truth = &run.truth.fields[source];
    let gallery = |view: View| {
        let scale = view.scale(truth);
        let mut gallery = Gallery::new(&scale, Size::Small).flipping();
        if view != View::Difference {
            let (grid, values) = view.field(&run.grid, truth, truth);
            gallery.add(&view.map("true", &grid, &values));
        }
        for (summary, fields, _) in &run.found {
            let (grid, values) = view.field(&run.grid, &fields[source], truth);
            gallery.add(&Map { note: note(summary), ..view.map(&summary.name, &grid, &values) });
        }
        gallery.html()
    };
    html! { @for view in View::ALL { h3 { (view.title()) } (gallery(view)) } }
}

fn curves(run: &FieldRun) -> Markup {
    type Number = fn(&FieldRow) -> Option<f64>;
    let all: [(&str, &str, Number); 2] = [
        ("Error by wall time", "relative error of the field", |r| r.wavefield_relative_l2),
        ("PDE residual by wall time", "relative residual", |r| r.residual),
    ];
    let chart = |(title, label, y): (&str, &str, Number)| {
        let mut curves = Vec::new();
        for (i, (summary, _, history)) in run.found.iter().enumerate() {
            let points: Vec<[f64; 2]> = history.iter().filter_map(|r| Some([r.wall_s, y(r)?])).collect();
            if points.len() > 1 {
                curves.push(Curve::new(&*summary.name, Ink::Series(i), points));
            }
        }
        let (x, y) = (Axis::logarithmic("wall time (s)"), Axis::logarithmic(label));
        Chart { title: title.to_owned(), x, y, curves, plot: PLOT }
    };
    charts(&all.map(chart))
}
