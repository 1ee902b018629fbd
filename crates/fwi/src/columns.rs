//! The columns of the comparison: one row here is one column of the table in the terminal and in the report.

use crate::metrics::Disc;
use crate::outcome::RunOutcome;
use crate::ticks::significant;

/// Which of two numbers is the better one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Better {
    /// The smaller.
    Lower,
    /// The larger.
    Higher,
    /// The one closer to the truth.
    Near(f64),
    /// Neither: the number is for information.
    Neither,
}

/// One column.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Its name, short.
    pub(crate) name: &'static str,
    /// Its unit, "" for none.
    pub(crate) unit: &'static str,
    /// What the best value wins on, to complete "... wins on".
    pub(crate) subject: &'static str,
    /// Its number, if there is one.
    pub(crate) value: fn(&RunOutcome) -> Option<f64>,
    better: fn(Option<&Disc>) -> Better,
    text: fn(f64) -> String,
}

/// All columns, in order.
pub(crate) const COLUMNS: &[Column] = &[
    Column {
        name: "velocity error",
        unit: "%",
        subject: "velocity error",
        value: |o| o.metrics.velocity_relative_l2,
        better: |_| Better::Lower,
        text: percent,
    },
    Column {
        name: "mean error",
        unit: "m/s",
        subject: "mean velocity error",
        value: |o| o.metrics.velocity_mae,
        better: |_| Better::Lower,
        text: |v| significant(v, 3),
    },
    Column {
        name: "SSIM",
        unit: "",
        subject: "structural similarity",
        value: |o| o.metrics.ssim,
        better: |_| Better::Higher,
        text: |v| format!("{v:.3}"),
    },
    Column {
        name: "PSNR",
        unit: "dB",
        subject: "peak signal-to-noise ratio",
        value: |o| o.metrics.psnr_db,
        better: |_| Better::Higher,
        text: |v| format!("{v:.1}"),
    },
    Column {
        name: "radius",
        unit: "m",
        subject: "size of the disc",
        value: |o| o.metrics.radius_half_contrast_m,
        better: |d| d.map_or(Better::Neither, |d| Better::Near(d.radius)),
        text: |v| format!("{v:.1}"),
    },
    Column {
        name: "velocity in disc",
        unit: "m/s",
        subject: "velocity in the disc",
        value: |o| o.metrics.median_velocity_in_disc,
        better: |d| d.map_or(Better::Neither, |d| Better::Near(d.velocity)),
        text: |v| format!("{v:.0}"),
    },
    Column {
        name: "data misfit",
        unit: "%",
        subject: "data misfit",
        value: |o| o.metrics.data_misfit_relative,
        better: |_| Better::Lower,
        text: percent,
    },
    Column {
        name: "wavefield error",
        unit: "%",
        subject: "wavefield error",
        value: |o| o.metrics.wavefield_relative_l2,
        better: |_| Better::Lower,
        text: percent,
    },
    Column {
        name: "wall time",
        unit: "s",
        subject: "wall time",
        value: |o| Some(o.wall_s),
        better: |_| Better::Lower,
        text: seconds,
    },
    Column {
        name: "CPU time",
        unit: "s",
        subject: "processor time",
        value: |o| Some(o.cpu_s),
        better: |_| Better::Lower,
        text: seconds,
    },
    Column {
        name: "iterations",
        unit: "",
        subject: "iterations",
        value: |o| Some(o.iterations as f64),
        better: |_| Better::Neither,
        text: |v| format!("{v:.0}"),
    },
    Column {
        name: "PDE solves",
        unit: "",
        subject: "PDE solves",
        value: |o| Some(o.pde_solves as f64),
        better: |_| Better::Neither,
        text: |v| format!("{v:.0}"),
    },
];

impl Column {
    /// The columns for which at least one outcome has a number.
    pub(crate) fn present(outcomes: &[RunOutcome]) -> Vec<&'static Column> {
        COLUMNS.iter().filter(|c| outcomes.iter().any(|o| (c.value)(o).is_some())).collect()
    }

    /// "velocity error (%)".
    pub(crate) fn heading(&self) -> String {
        if self.unit.is_empty() { self.name.to_owned() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// The number of an outcome as text, or a dash.
    pub(crate) fn text(&self, outcome: &RunOutcome) -> String {
        (self.value)(outcome).map_or_else(|| "\u{2013}".to_owned(), self.text)
    }

    /// The number as text with its unit.
    pub(crate) fn text_with_unit(&self, outcome: &RunOutcome) -> String {
        let text = self.text(outcome);
        if self.unit.is_empty() { text } else { format!("{text}\u{a0}{}", self.unit) }
    }

    /// The true value of this column, if it is a number.
    pub(crate) fn truth(&self, disc: Option<&Disc>) -> Option<String> {
        match (self.better)(disc) {
            Better::Near(v) => Some((self.text)(v)),
            _ => None,
        }
    }

    /// The outcomes with a number, the best first; empty if the column has no order.
    ///
    /// Only inversions that finished can be best; one that diverged immediately is fast but does not win.
    pub(crate) fn ranking(&self, outcomes: &[RunOutcome], disc: Option<&Disc>) -> Vec<usize> {
        let better = (self.better)(disc);
        let cost = |v: f64| match better {
            Better::Lower => v,
            Better::Higher => -v,
            Better::Near(truth) => (v - truth).abs(),
            Better::Neither => f64::NAN,
        };
        let ended_well = |o: &RunOutcome| o.status == crate::summary::Status::Done;
        let mut ranked: Vec<(usize, f64)> = (outcomes.iter().enumerate())
            .filter(|(_, o)| ended_well(o))
            .filter_map(|(i, o)| (self.value)(o).map(|v| (i, cost(v))))
            .filter(|(_, c)| c.is_finite())
            .collect();
        ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
        ranked.into_iter().map(|(i, _)| i).collect()
    }
}

fn percent(value: f64) -> String {
    significant(100.0 * value, 3)
}

fn seconds(value: f64) -> String {
    if value < 100.0 { significant(value, 3) } else { format!("{value:.0}") }
}
