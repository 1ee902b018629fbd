//! Curves: profiles through the models, and the convergence of the inversions.

use maud::html;

use crate::inversions::history::HistoryRow;
use crate::inversions::outcome::{Comparison, RunOutcome};
use fd::Point;
use figures::page::Section;
use figures::page::pictures::charts;
use figures::{Axis, Chart, Curve, Ink};
use survey::model::Model;
use survey::parameter::Quantity;

const PLOT: [f64; 2] = [390.0, 230.0];

/// Velocity along a line across and a line down, through the disc or the middle of the model.
pub(super) fn profiles(run: &Comparison) -> Section {
    let heading = "Profiles";
    let mut models: Vec<(Curve, &Model)> = Vec::new();
    models.extend(run.initial.iter().map(|m| (Curve::new("start", Ink::Start, Vec::new()).dashed(), m)));
    models.extend(run.truth.iter().map(|m| (Curve::new("true", Ink::Truth, Vec::new()), m)));
    for (i, o) in run.outcomes.iter().enumerate() {
        models.extend(o.model.iter().map(|m| (Curve::new(&*o.name, Ink::Series(i), Vec::new()), m)));
    }
    let Some(reference) = run.truth.as_ref().or(run.outcomes.iter().find_map(|o| o.model.as_ref())) else {
        return Section::new(heading, "", html! {});
    };
    let quantity = run.quantity();
    let velocity = quantity == Quantity::velocity();
    let label = if velocity { "velocity (m/s)".to_owned() } else { quantity.label() };
    let dims = reference.grid.dims();
    let middle: Vec<f64> =
        reference.grid.axes().iter().map(|axis| 0.5 * (axis.origin + axis.last())).collect();
    let disc = run.information.disc.filter(|_| dims == 2);
    let centre = disc.map_or(middle, |d| d.centre.to_vec());
    let names = fd::coordinate_names(dims);
    let along = |a: usize| {
        let curves =
            models.iter().map(|(curve, model)| Curve { points: line(model, a, &centre), ..curve.clone() });
        let others = (0..dims).filter(|b| *b != a);
        let others: Vec<String> =
            others.map(|b| format!("{} = {} m", names[b], survey::ticks::label(centre[b], 1.0))).collect();
        let at = if others.is_empty() { String::new() } else { format!(" at {}", others.join(", ")) };
        Chart {
            title: format!("Along {}{at}", names[a]),
            x: Axis::linear(if names[a] == "z" {
                "depth z (m)".to_owned()
            } else {
                format!("{} (m)", names[a])
            }),
            y: Axis::linear(&*label),
            curves: curves.collect(),
            plot: PLOT,
        }
    };
    let through = if disc.is_some() { "the centre of the disc" } else { "the middle of the model" };
    let lines = ["a line", "two lines", "three lines"][dims - 1];
    let what = if velocity { "Velocity".to_owned() } else { quantity.name.clone() };
    let caption = format!("{what} along {lines} through {through}.");
    Section::new(heading, caption, charts(&(0..dims).map(along).collect::<Vec<_>>()))
}

/// The velocities at the nodes along one axis, interpolated along the others.
fn line(model: &Model, a: usize, centre: &[f64]) -> Vec<[f64; 2]> {
    let axis = model.grid.axes()[a];
    let at = |i: usize| {
        let mut coordinates = centre.to_vec();
        coordinates[a] = axis.at(i);
        Some([axis.at(i), model.sample(Point::new(&coordinates)?)])
    };
    (0..axis.nodes).filter_map(at).collect()
}

const ITERATION: (&str, fn(&HistoryRow) -> f64) = ("iteration", |row| row.iteration as f64);
const WALL: (&str, fn(&HistoryRow) -> f64) = ("wall time (s)", |row| row.wall_s);
const MISFIT: (&str, fn(&HistoryRow) -> Option<f64>) =
    ("relative data misfit", |row| row.data_misfit_relative);
const ERROR: (&str, fn(&HistoryRow) -> Option<f64>) =
    ("relative velocity error", |row| row.velocity_relative_l2);

/// Misfit and velocity error over iterations and time.
pub(super) fn convergence(run: &Comparison) -> Section {
    let all = [
        over(&run.outcomes, "Data misfit by iteration", ITERATION, MISFIT),
        over(&run.outcomes, "Data misfit by wall time", WALL, MISFIT),
        over(&run.outcomes, "Velocity error by iteration", ITERATION, ERROR),
        over(&run.outcomes, "Velocity error by wall time", WALL, ERROR),
    ];
    let stages = all.iter().flat_map(|chart| &chart.curves).any(|curve| !curve.boundaries.is_empty());
    let mut caption = "An iteration takes a different time in each method.".to_owned();
    if stages {
        caption += " Diamonds mark the first iteration of each later stage; the data misfit is that of the stage's data.";
    }
    Section::new("Convergence", caption, charts(&all))
}

/// The data misfit by iteration, for figures of single inversions too.
pub(crate) fn misfit_by_iteration(outcomes: &[RunOutcome]) -> Chart {
    over(outcomes, "Data misfit by iteration", ITERATION, MISFIT)
}

/// One column of the histories over another.
fn over(
    outcomes: &[RunOutcome],
    title: &str,
    (x_label, x): (&str, fn(&HistoryRow) -> f64),
    (y_label, y): (&str, fn(&HistoryRow) -> Option<f64>),
) -> Chart {
    let mut curves = Vec::new();
    for (i, o) in outcomes.iter().enumerate() {
        let rows: Vec<([f64; 2], Option<u64>)> =
            o.history.iter().filter_map(|r| Some(([x(r), y(r)?], r.stage))).collect();
        let points: Vec<[f64; 2]> = rows.iter().map(|(point, _)| *point).collect();
        let boundaries =
            rows.windows(2).filter(|pair| pair[0].1 != pair[1].1).map(|pair| pair[1].0).collect();
        if !points.is_empty() {
            curves.push(Curve { boundaries, ..Curve::new(&*o.name, Ink::Series(i), points) });
        }
    }
    // Inversions of very different lengths share an axis only when it is logarithmic.
    let ends: Vec<f64> = curves.iter().filter_map(|c| c.points.last().map(|p| p[0])).collect();
    let shortest = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let longest = ends.iter().copied().fold(0.0, f64::max);
    let x = if longest > 8.0 * shortest { Axis::logarithmic(x_label) } else { Axis::linear(x_label) };
    Chart { title: title.to_owned(), x, y: Axis::logarithmic(y_label), curves, plot: PLOT }
}
