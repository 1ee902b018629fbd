//! The table of inversions: their metrics, and the metrics that the verdict is about.

use crate::metrics::Disc;
use crate::outcome::{Comparison, RunOutcome};
use crate::tables::{self, Better, Format, Measure, Row, Sentence, Table};

/// All metrics, in the order shown. The disc is the true one, where the truth is a disc.
fn measures(disc: Option<&Disc>) -> Vec<Measure<RunOutcome>> {
    use Better::{Higher, Lower, Neither};
    let near = |truth: fn(&Disc) -> f64| disc.map_or(Neither, |disc| Better::Near(truth(disc)));
    type Value = fn(&RunOutcome) -> Option<f64>;
    let percent = |name, value: Value| Measure::new(name, "%", Format::Percent, Lower, value);
    let count = |name, value: Value| Measure::new(name, "", Format::Decimals(0), Neither, value);
    let seconds = |name, value: Value| Measure::new(name, "s", Format::Seconds, Lower, value);
    vec![
        percent("velocity error", |o| o.metrics.velocity_relative_l2),
        Measure::new("mean error", "m/s", Format::Significant(3), Lower, |o| o.metrics.velocity_mae),
        Measure::new("SSIM", "", Format::Decimals(3), Higher, |o| o.metrics.ssim),
        Measure::new("PSNR", "dB", Format::Decimals(1), Higher, |o| o.metrics.psnr_db),
        Measure::new("disc radius", "m", Format::Decimals(1), near(|disc| disc.radius), |o| {
            o.metrics.radius_half_contrast_m
        }),
        Measure::new("disc velocity", "m/s", Format::Decimals(0), near(|disc| disc.velocity), |o| {
            o.metrics.median_velocity_in_disc
        }),
        percent("data misfit", |o| o.metrics.data_misfit_relative),
        percent("wavefield error", |o| o.metrics.wavefield_relative_l2),
        seconds("wall time", |o| Some(o.wall_s)),
        seconds("CPU time", |o| Some(o.cpu_s)),
        count("iterations", |o| Some(o.iterations as f64)),
        count("PDE solves", |o| Some(o.pde_solves as f64)),
    ]
}

/// The inversions of a run as a table.
#[must_use]
pub fn table(run: &Comparison) -> Table {
    let row = |ink: usize, outcome: &RunOutcome| Row {
        labels: vec![outcome.method.clone()],
        ..Row::new(&outcome.name, ink, outcome.status.trouble(&outcome.stopped_because))
    };
    Table::new(&["method"], &measures(run.information.disc.as_ref()), &run.outcomes, row)
}

/// The velocity error of an inversion as a note over its model; empty when there is no truth.
pub(crate) fn error_note(outcome: &RunOutcome) -> String {
    let error = outcome.metrics.velocity_relative_l2;
    error.map_or_else(String::new, |error| format!("error {} %", Format::Percent.text(error)))
}

/// Which inversion is best in what, in sentences.
#[must_use]
pub fn verdict(run: &Comparison) -> Vec<Sentence> {
    let judged = ["velocity error", "disc radius", "disc velocity", "data misfit", "wall time"];
    table(run).verdict("inversion", &judged)
}

/// The table for the terminal, with what went wrong and the verdict.
#[must_use]
pub fn text(run: &Comparison) -> String {
    table(run).report(tables::width(), &verdict(run))
}

#[cfg(test)]
mod tests;
