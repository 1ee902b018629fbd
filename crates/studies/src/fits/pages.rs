//! The page of fits: a section for each quantity that was fitted.

use maud::{Markup, html};

use super::run::FitRun;
use crate::views::View;
use experiments::fits::Quantity;
use experiments::fits::outcome::FitRow;
use figures::page::pictures::{Gallery, Size, charts};
use figures::page::{Page, Section};
use figures::tables::Compared;
use figures::{Axis, Chart, Curve, Ink, Map};

const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(crate) fn html(run: &FitRun, results: &[Compared]) -> String {
    let mut page = Page {
        kind: "Report of network fits",
        results,
        title: run.name.clone(),
        description: run.description.clone(),
        facts: facts(run),
        scenario: run.text.clone(),
        remark: "Lengths are in metres; x points to the right and z points down. Errors are relative to the target in the L2 \
                 norm over its nodes. The peak of the PSNR is the range of the target.",
        ..Page::default()
    };
    for quantity in Quantity::ALL {
        let Some(compared) = results.iter().find(|compared| compared.what == quantity.name()) else {
            continue;
        };
        let words = words(quantity);
        let content = html! { (compared.table.html()) (maps(run, quantity)) h3 { "Convergence" } (curves(run, quantity)) };
        page.sections.push(Section::new(words, caption(run, quantity), content));
    }
    page.html()
}

fn words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Value => "Fits of the value",
        Quantity::Gradient => "Fits of the gradient",
        Quantity::Laplacian => "Fits of the Laplacian",
    }
}

fn caption(run: &FitRun, quantity: Quantity) -> String {
    let constant = match quantity {
        Quantity::Value => "",
        Quantity::Gradient => {
            " A gradient determines the value up to a constant; the constant is chosen so that the means agree."
        }
        Quantity::Laplacian => {
            " A Laplacian determines the value up to a harmonic function. Only its constant is corrected, so that the means \
             agree."
        }
    };
    format!(
        "The derivatives of the networks are exact. {}{constant} The number above a map is the PSNR of the value, or the relative \
         error of the derivative.",
        run.target.reference()
    )
}

/// The target and the fits. Maps of one view share a scale.
fn maps(run: &FitRun, quantity: Quantity) -> Markup {
    let grid = &run.target.grid;
    let gallery = |view: View| {
        let scale = view.scale(&run.target.at, run.target.meaning);
        let mut gallery = Gallery::new(&scale, Size::Small).flipping();
        gallery.add(&Map::new("target", grid, &view.values(&run.target.at)));
        for (summary, fitted) in run.fits.iter().filter(|(summary, _)| summary.quantity == quantity) {
            let values = view.values(&fitted.at);
            let note = view.note(&fitted.score);
            gallery.add(&Map { note, ..Map::new(&*summary.name, grid, &values) });
        }
        gallery.html()
    };
    html! { @for view in View::ALL { h3 { (view.title()) } (gallery(view)) } }
}

/// One metric by step or time.
struct Series {
    title: &'static str,
    label: &'static str,
    logarithmic: bool,
    value: fn(&FitRow) -> Option<f64>,
}

const SERIES: [Series; 3] = [
    Series { title: "PSNR", label: "PSNR (dB)", logarithmic: false, value: |r| r.psnr_db },
    Series {
        title: "Gradient error",
        label: "relative error",
        logarithmic: true,
        value: |r| r.gradient_relative_l2,
    },
    Series {
        title: "Laplacian error",
        label: "relative error",
        logarithmic: true,
        value: |r| r.laplacian_relative_l2,
    },
];

fn curves(run: &FitRun, quantity: Quantity) -> Markup {
    let mut all = Vec::new();
    for series in &SERIES {
        for (by, label, x) in [
            ("step", "step", (|r: &FitRow| r.step as f64) as fn(&FitRow) -> f64),
            ("wall time", "wall time of the steps (s)", |r: &FitRow| r.wall_s),
        ] {
            let mut curves = Vec::new();
            for (i, (summary, fitted)) in run.fits.iter().enumerate() {
                if summary.quantity != quantity {
                    continue;
                }
                let rows = fitted.history.iter().filter(|row| row.step > 0);
                let points = rows.filter_map(|row| Some([x(row), (series.value)(row)?])).collect();
                curves.push(Curve::new(&*summary.name, Ink::Series(i), points));
            }
            let y = Axis { label: series.label.to_owned(), logarithmic: series.logarithmic };
            let title = format!("{} by {by}", series.title);
            all.push(Chart { title, x: Axis::logarithmic(label), y, curves, plot: PLOT });
        }
    }
    charts(&all)
}

fn facts(run: &FitRun) -> Vec<(String, String)> {
    let ([nz, nx], [lo, hi]) = (run.target.grid.shape, run.target.range());
    let [dx, dz] = run.target.grid.spacing.map(survey::ticks::six_digits);
    let [low, high] = [lo, hi].map(|v| survey::ticks::significant(v, 4));
    let mut facts = vec![(
        "target".to_owned(),
        format!(
            "{nx} \u{d7} {nz} samples (x \u{d7} z), {dx} \u{d7} {dz} m, {low} to {high}{}",
            run.target.meaning.suffix()
        ),
    )];
    for (summary, fitted) in &run.fits {
        let a = fitted.field.network.architecture();
        let layers = format!("{} \u{2192} {} \u{d7} {} \u{2192} {}", a.inputs, a.width, a.layers, a.outputs);
        let text = format!(
            "{layers}, {:?}, on {}; stopped: {}",
            a.activation, summary.device, summary.stopped_because
        );
        facts.push((summary.name.clone(), text));
    }
    facts.extend(run.facts.iter().cloned());
    facts
}
