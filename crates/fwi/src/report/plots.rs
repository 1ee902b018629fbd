//! Curves: profiles through the models, and how the inversions went.

use super::page::section;
use crate::drawing::{Dash, Ink};
use crate::figure::{Axis, Chart, Curve};
use crate::history::HistoryRow;
use crate::model::Model;
use crate::outcome::{Comparison, RunOutcome};
use crate::svg::Svg;

const PLOT: [f64; 2] = [390.0, 230.0];

/// Velocity along a line across and a line down, through the disc or the middle of the model.
pub(super) fn profiles(run: &Comparison) -> String {
    let mut models: Vec<(&str, Ink, Dash, &Model)> = Vec::new();
    models.extend(run.initial.iter().map(|m| ("start", Ink::Start, Dash::Dashed, m)));
    models.extend(run.truth.iter().map(|m| ("true", Ink::Truth, Dash::Solid, m)));
    for (i, o) in run.outcomes.iter().enumerate() {
        models.extend(o.model.iter().map(|m| (o.name.as_str(), Ink::Series(i), Dash::Solid, m)));
    }
    let Some(reference) = run.truth.as_ref().or(run.outcomes.iter().find_map(|o| o.model.as_ref())) else {
        return String::new();
    };
    let domain = reference.grid.domain();
    let middle = [0, 1].map(|a| 0.5 * (domain.lo[a] + domain.hi[a]));
    let centre = run.information.disc.map_or(middle, |d| d.centre);
    let along = |a: usize| {
        let (label, other) = [("x (m)", "z"), ("depth z (m)", "x")][a];
        let across = centre[1 - a];
        let curves = models.iter().map(|(name, ink, dash, model)| Curve {
            name: (*name).to_owned(),
            ink: *ink,
            dash: *dash,
            points: line(model, a, across),
        });
        Chart {
            title: format!("along {}, at {other} = {} m", ["x", "z"][a], crate::ticks::label(across, 1.0)),
            x: Axis::linear(label),
            y: Axis::linear("velocity (m/s)"),
            curves: curves.collect(),
            plot: PLOT,
        }
    };
    let through =
        if run.information.disc.is_some() { "the centre of the disc" } else { "the middle of the model" };
    let caption = format!("Velocity along two lines through {through}.");
    section("Profiles", &caption, &charts(&[along(0), along(1)]))
}

/// The nodes' own velocities along one axis, interpolated across.
fn line(model: &Model, a: usize, across: f64) -> Vec<[f64; 2]> {
    let grid = &model.grid;
    match a {
        0 => (0..grid.nx()).map(|i| [grid.x(i), model.sample([grid.x(i), across])]).collect(),
        _ => (0..grid.nz()).map(|i| [grid.z(i), model.sample([across, grid.z(i)])]).collect(),
    }
}

/// Misfit and velocity error over iterations and time.
pub(super) fn convergence(run: &Comparison) -> String {
    let iteration = |r: &HistoryRow| r.iteration as f64;
    let wall = |r: &HistoryRow| r.wall_s;
    let misfit = |r: &HistoryRow| r.data_misfit_relative;
    let error = |r: &HistoryRow| r.velocity_relative_l2;
    let (by_iteration, by_time) = ("iteration", "wall time (s)");
    let all = [
        over(
            &run.outcomes,
            "Data misfit over iterations",
            by_iteration,
            "relative data misfit",
            iteration,
            misfit,
        ),
        over(&run.outcomes, "Data misfit over time", by_time, "relative data misfit", wall, misfit),
        over(
            &run.outcomes,
            "Velocity error over iterations",
            by_iteration,
            "relative velocity error",
            iteration,
            error,
        ),
        over(&run.outcomes, "Velocity error over time", by_time, "relative velocity error", wall, error),
    ];
    let shown: Vec<Chart> = all.into_iter().filter(|c| !c.curves.is_empty()).collect();
    section(
        "Convergence",
        "Logarithmic axes. The time per iteration differs between methods.",
        &charts(&shown),
    )
}

/// The data misfit over iterations, for figures of single inversions too.
pub(crate) fn misfit_by_iteration(outcomes: &[RunOutcome]) -> Chart {
    let (x, y) = (|r: &HistoryRow| r.iteration as f64, |r: &HistoryRow| r.data_misfit_relative);
    over(outcomes, "Data misfit over iterations", "iteration", "relative data misfit", x, y)
}

/// One column of the histories over another.
fn over(
    outcomes: &[RunOutcome],
    title: &str,
    x_label: &str,
    y_label: &str,
    x: fn(&HistoryRow) -> f64,
    y: fn(&HistoryRow) -> Option<f64>,
) -> Chart {
    let mut curves = Vec::new();
    for (i, o) in outcomes.iter().enumerate() {
        let points: Vec<[f64; 2]> = o.history.iter().filter_map(|r| y(r).map(|y| [x(r), y])).collect();
        if !points.is_empty() {
            curves.push(Curve { name: o.name.clone(), ink: Ink::Series(i), dash: Dash::Solid, points });
        }
    }
    // Inversions whose lengths differ by far share an axis only when it is logarithmic.
    let ends: Vec<f64> = curves.iter().filter_map(|c| c.points.last().map(|p| p[0])).collect();
    let shortest = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let longest = ends.iter().copied().fold(0.0, f64::max);
    let x = if longest > 8.0 * shortest { Axis::logarithmic(x_label) } else { Axis::linear(x_label) };
    Chart { title: title.to_owned(), x, y: Axis::logarithmic(y_label), curves, plot: PLOT }
}

/// Charts side by side, as SVG figures.
pub(crate) fn charts(charts: &[Chart]) -> String {
    in_grid(charts, "charts")
}

/// Charts side by side, six per line where there is room.
pub(crate) fn small_charts(charts: &[Chart]) -> String {
    in_grid(charts, "charts small")
}

fn in_grid(charts: &[Chart], class: &str) -> String {
    if charts.is_empty() {
        return String::new();
    }
    let figures = charts.iter().map(|chart| {
        let [w, h] = chart.size();
        let mut svg = Svg::new(w, h);
        chart.draw(&mut svg);
        format!("<figure>{}</figure>", svg.finish(&chart.title))
    });
    format!("<div class=\"{class}\">{}</div>", figures.collect::<String>())
}
