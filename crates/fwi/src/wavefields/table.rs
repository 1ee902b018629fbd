//! The table of wavefields, and of waves in time.

use super::outcome::FieldSummary;
use crate::tables::{self, Better, Format, Measure, Row, Sentence, Table};

const fn percent(
    name: &'static str,
    better: Better,
    value: fn(&FieldSummary) -> Option<f64>,
) -> Measure<FieldSummary> {
    Measure::new(name, "%", Format::Percent, better, value)
}

const fn seconds(name: &'static str, value: fn(&FieldSummary) -> Option<f64>) -> Measure<FieldSummary> {
    Measure::new(name, "s", Format::Significant(3), Better::Lower, value)
}

const fn count(name: &'static str, value: fn(&FieldSummary) -> Option<f64>) -> Measure<FieldSummary> {
    Measure::new(name, "", Format::Decimals(0), Better::Neither, value)
}

/// All metrics, in the order shown.
const MEASURES: &[Measure<FieldSummary>] = &[
    percent("wavefield error", Better::Lower, |f| f.metrics.wavefield_relative_l2),
    percent("PDE residual", Better::Neither, |f| f.metrics.residual),
    percent("data misfit", Better::Neither, |f| f.metrics.data_misfit_relative),
    seconds("wall time", |f| Some(f.wall_s)),
    seconds("CPU time", |f| Some(f.cpu_s)),
    count("steps", |f| Some(f.steps as f64)),
    count("unknowns", |f| Some(f.unknowns as f64)),
];

/// The wavefields as a table.
#[must_use]
pub(crate) fn table(fields: &[FieldSummary]) -> Table {
    let row = |ink: usize, field: &FieldSummary| Row {
        labels: vec![field.method.clone()],
        ..Row::new(&field.name, ink, field.status.trouble(&field.stopped_because))
    };
    Table::new(&["method"], MEASURES, fields, row)
}

/// Which wavefield is best in what, in sentences.
#[must_use]
pub(crate) fn verdict(fields: &[FieldSummary]) -> Vec<Sentence> {
    table(fields).verdict("wavefield", &["wavefield error", "wall time"])
}

/// The table for the terminal, with what went wrong and the verdict.
#[must_use]
pub fn text(fields: &[FieldSummary]) -> String {
    table(fields).report(tables::width(), &verdict(fields))
}
