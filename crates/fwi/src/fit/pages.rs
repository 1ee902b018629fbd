//! `report.html` of a scenario of fits.

use super::outcome::{FitRow, FitSummary};
use super::pictures::View;
use super::run::FitRun;
use super::table;
use crate::drawing::{Dash, Ink};
use crate::figure::{Axis, Chart, Curve, Panel};
use crate::report::{bar, charts, figure, page};
use crate::scenario::fits::Quantity;
use crate::svg::escape;

/// Width of a map.
const SIDE: f64 = 184.0;
const PLOT: [f64; 2] = [390.0, 220.0];

/// The whole page.
pub(super) fn html(run: &FitRun) -> String {
    let summaries: Vec<FitSummary> = run.fits.iter().map(|(summary, _)| summary.clone()).collect();
    let mut verdict = String::new();
    let mut sections = String::new();
    for quantity in Quantity::ALL {
        let Some(results) = table::table(quantity, &summaries) else { continue };
        for s in table::verdict(quantity, &results) {
            let (about, text) = (escape(&s.about), escape(&s.text));
            verdict += &format!("<p>{}: <strong>{about}</strong>{text}</p>", words(quantity));
        }
        for sentence in results.troubles() {
            verdict += &format!(
                "<p class=\"trouble\"><strong>{}</strong>{}</p>",
                escape(&sentence.about),
                escape(&sentence.text)
            );
        }
        let content = results.html().into_string() + &maps(run, quantity) + &curves(run, quantity);
        sections += &page::section(words(quantity), &caption(run, quantity), &content);
    }
    let mut body = page::header("Report of fits", &run.name, &run.description);
    if !verdict.is_empty() {
        body += &format!("<section class=\"verdict\" aria-label=\"Verdict\">{verdict}</section>");
    }
    body += &sections;
    let remark = "Lengths in metres, x across and z down. Errors are relative to the target in the L2 norm over its nodes; \
                  the peak of the PSNR is the range of the target.";
    body += &page::facts_and_scenario(&facts(run), &run.text, remark);
    page::document(&run.name, &body)
}

fn words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Value => "Value fitted",
        Quantity::Gradient => "Gradient fitted",
        Quantity::Laplacian => "Laplacian fitted",
    }
}

fn caption(run: &FitRun, quantity: Quantity) -> String {
    let constant = match quantity {
        Quantity::Value => "",
        Quantity::Gradient => {
            " A gradient determines the value up to a constant, which is chosen so that the means agree."
        }
        Quantity::Laplacian => {
            " A Laplacian determines the value up to a harmonic function. Only its constant is corrected, so that the \
             means agree."
        }
    };
    format!("The derivatives of the networks are exact. {}{constant}", run.target.reference())
}

/// Target and fits: one row per view, each on one colour scale.
fn maps(run: &FitRun, quantity: Quantity) -> String {
    let mut text = String::new();
    for view in View::ALL {
        let scale = view.scale(&run.target.at, run.target.meaning);
        let grid = &run.target.grid;
        let mut figures =
            figure(&Panel::new("target", grid, &view.values(&run.target.at)), SIDE, &scale, None);
        for (summary, fitted) in run.fits.iter().filter(|(summary, _)| summary.quantity == quantity) {
            let values = view.values(&fitted.at);
            let note = view.note(&fitted.score);
            figures +=
                &figure(&Panel { note, ..Panel::new(&*summary.name, grid, &values) }, SIDE, &scale, None);
        }
        text +=
            &format!("<h3>{}</h3><div class=\"figures fields\">{figures}</div>{}", view.title(), bar(&scale));
    }
    text
}

/// One number over steps or time.
struct Course {
    title: &'static str,
    label: &'static str,
    logarithmic: bool,
    value: fn(&FitRow) -> Option<f64>,
}

const COURSES: [Course; 3] = [
    Course { title: "PSNR", label: "PSNR (dB)", logarithmic: false, value: |r| r.psnr_db },
    Course {
        title: "Gradient",
        label: "relative error",
        logarithmic: true,
        value: |r| r.gradient_relative_l2,
    },
    Course {
        title: "Laplacian",
        label: "relative error",
        logarithmic: true,
        value: |r| r.laplacian_relative_l2,
    },
];

fn curves(run: &FitRun, quantity: Quantity) -> String {
    let mut all = Vec::new();
    for course in &COURSES {
        for (over, label, x) in [
            ("steps", "step", (|r: &FitRow| r.step as f64) as fn(&FitRow) -> f64),
            ("time", "wall time of the steps (s)", |r: &FitRow| r.wall_s),
        ] {
            let mut curves = Vec::new();
            for (i, (summary, fitted)) in run.fits.iter().enumerate() {
                if summary.quantity != quantity {
                    continue;
                }
                let rows = fitted.history.iter().filter(|row| row.step > 0);
                let points = rows.filter_map(|row| Some([x(row), (course.value)(row)?])).collect();
                let name = summary.name.clone();
                curves.push(Curve { name, ink: Ink::Series(i), dash: Dash::Solid, points });
            }
            let y = Axis { label: course.label.to_owned(), logarithmic: course.logarithmic };
            let title = format!("{} over {over}", course.title);
            all.push(Chart { title, x: Axis::logarithmic(label), y, curves, plot: PLOT });
        }
    }
    format!("<h3>Over steps and time</h3>{}", charts(&all))
}

fn facts(run: &FitRun) -> Vec<(String, String)> {
    let ([nz, nx], [lo, hi]) = (run.target.grid.shape, run.target.range());
    let [dx, dz] = run.target.grid.spacing.map(crate::ticks::six_digits);
    let [low, high] = [lo, hi].map(|v| crate::ticks::significant(v, 4));
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
