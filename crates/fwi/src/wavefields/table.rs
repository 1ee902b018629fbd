//! The table of wavefields, for the terminal and for the report.

use super::outcome::FieldSummary;
use crate::results_table::{self, Column, Line};
use crate::status::Status;
use crate::ticks::significant;

impl Column for FieldSummary {
    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> Status {
        self.status
    }
}

/// All lines, in order.
const LINES: &[Line<FieldSummary>] = &[
    Line {
        name: "wavefield error",
        unit: "%",
        value: |f| f.metrics.wavefield_relative_l2,
        more: Some(false),
        text: percent,
    },
    Line { name: "residual", unit: "%", value: |f| f.metrics.residual, more: None, text: percent },
    Line {
        name: "data misfit",
        unit: "%",
        value: |f| f.metrics.data_misfit_relative,
        more: None,
        text: percent,
    },
    Line {
        name: "wall time",
        unit: "s",
        value: |f| Some(f.wall_s),
        more: Some(false),
        text: |v| significant(v, 3),
    },
    Line {
        name: "CPU time",
        unit: "s",
        value: |f| Some(f.cpu_s),
        more: Some(false),
        text: |v| significant(v, 3),
    },
    Line {
        name: "steps",
        unit: "",
        value: |f| Some(f.steps as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
    Line {
        name: "unknowns",
        unit: "",
        value: |f| Some(f.unknowns as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
];

fn percent(value: f64) -> String {
    significant(100.0 * value, 3)
}

/// The wavefields as a table for the terminal, the best of each line marked with `*`.
#[must_use]
pub fn text(fields: &[FieldSummary]) -> String {
    let all: Vec<&FieldSummary> = fields.iter().collect();
    let mut text = results_table::text("", LINES, &all);
    for field in fields.iter().filter(|field| field.status != Status::Done) {
        text += &format!("{}: {}, {}\n", field.name, field.status.word(), field.stopped_because);
    }
    text
}

/// The table as HTML.
pub(crate) fn html(fields: &[FieldSummary]) -> String {
    let all: Vec<&FieldSummary> = fields.iter().collect();
    let place = |field: &FieldSummary| all.iter().position(|other| other.name == field.name).unwrap_or(0);
    results_table::html(LINES, &all, place)
}

/// Who is nearest to the truth.
pub(crate) fn sentence(fields: &[FieldSummary]) -> Option<String> {
    let all: Vec<&FieldSummary> = fields.iter().collect();
    let best = all[LINES[0].best(&all)?];
    let error = best.metrics.wavefield_relative_l2?;
    Some(format!(
        "{}: wavefield error {} % after {} s.",
        best.name,
        percent(error),
        significant(best.wall_s, 3)
    ))
}
