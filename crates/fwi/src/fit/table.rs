//! The table of fits, for the terminal and for the report.

use super::outcome::FitSummary;
use crate::results_table::{self, Column, Line};
use crate::scenario::fits::Quantity;
use crate::summary::Status;
use crate::ticks::significant;

impl Column for FitSummary {
    fn name(&self) -> &str {
        &self.name
    }

    fn status(&self) -> Status {
        self.status
    }
}

/// All lines, in order.
const LINES: &[Line<FitSummary>] = &[
    Line {
        name: "PSNR",
        unit: "dB",
        value: |f| f.metrics.psnr_db,
        more: Some(true),
        text: |v| format!("{v:.1}"),
    },
    Line {
        name: "PSNR up to a harmonic function",
        unit: "dB",
        value: |f| f.metrics.psnr_but_harmonic_db,
        more: Some(true),
        text: |v| format!("{v:.1}"),
    },
    Line { name: "SSIM", unit: "", value: |f| f.metrics.ssim, more: Some(true), text: |v| format!("{v:.3}") },
    Line {
        name: "value error",
        unit: "%",
        value: |f| f.metrics.relative_l2,
        more: Some(false),
        text: percent,
    },
    Line {
        name: "gradient error",
        unit: "%",
        value: |f| f.metrics.gradient_relative_l2,
        more: Some(false),
        text: percent,
    },
    Line {
        name: "Laplacian error",
        unit: "%",
        value: |f| f.metrics.laplacian_relative_l2,
        more: Some(false),
        text: percent,
    },
    Line { name: "wall time", unit: "s", value: |f| Some(f.wall_s), more: None, text: |v| significant(v, 3) },
    Line { name: "CPU time", unit: "s", value: |f| Some(f.cpu_s), more: None, text: |v| significant(v, 3) },
    Line {
        name: "steps",
        unit: "",
        value: |f| Some(f.steps as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
    Line {
        name: "parameters",
        unit: "",
        value: |f| Some(f.parameters as f64),
        more: None,
        text: |v| format!("{v:.0}"),
    },
    Line {
        name: "compression",
        unit: "",
        value: |f| Some(f.compression),
        more: None,
        text: |v| format!("{} x", significant(v, 3)),
    },
];

fn percent(value: f64) -> String {
    significant(100.0 * value, 3)
}

/// The fits of one quantity.
pub(super) fn of(quantity: Quantity, fits: &[FitSummary]) -> Vec<&FitSummary> {
    fits.iter().filter(|fit| fit.quantity == quantity).collect()
}

/// The fits as tables for the terminal, one per quantity, with the best value of each line marked with `*`.
#[must_use]
pub fn text(fits: &[FitSummary]) -> String {
    let mut text = String::new();
    for quantity in Quantity::ALL {
        let fits = of(quantity, fits);
        if fits.is_empty() {
            continue;
        }
        text += &results_table::text(&format!("fitted: {}", quantity.name()), LINES, &fits);
        for fit in fits.iter().filter(|fit| fit.status != Status::Done) {
            text += &format!("{}: {}, {}\n", fit.name, fit.status.word(), fit.stopped_because);
        }
        text += &sentence(&fits).map_or_else(String::new, |s| format!("{s}\n"));
    }
    text
}

/// The fit that is best in the value, with its lead, and the one that is best in the derivatives.
pub(super) fn sentence(fits: &[&FitSummary]) -> Option<String> {
    if fits.first()?.quantity == Quantity::Laplacian {
        return of_laplacian(fits);
    }
    let best = LINES[0].best(fits)?;
    let own = fits[best].metrics.psnr_db?;
    let next = (fits.iter().enumerate())
        .filter(|(i, _)| *i != best)
        .filter_map(|(_, fit)| Some((fit.metrics.psnr_db?, &fit.name)))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let error = |value: fn(&FitSummary) -> Option<f64>| {
        value(fits[best]).map_or_else(|| "none".to_owned(), |v| format!("{} %", percent(v)))
    };
    Some(format!(
        "{}: PSNR {own:.1} dB, {:.1} dB above the next ({}); errors of gradient and Laplacian {} and {}.",
        fits[best].name,
        own - next.0,
        next.1,
        error(|f| f.metrics.gradient_relative_l2),
        error(|f| f.metrics.laplacian_relative_l2)
    ))
}

/// The same for a fitted Laplacian, which determines the value up to a harmonic function.
fn of_laplacian(fits: &[&FitSummary]) -> Option<String> {
    let error = |fit: &FitSummary| fit.metrics.laplacian_relative_l2;
    let best = LINES.iter().find(|line| line.name == "Laplacian error")?.best(fits)?;
    let next = (fits.iter().enumerate())
        .filter(|(i, _)| *i != best)
        .filter_map(|(_, fit)| Some((error(fit)?, &fit.name)))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!(
        "{}: error of the Laplacian {} %, next {} ({} %).",
        fits[best].name,
        percent(error(fits[best])?),
        next.1,
        percent(next.0)
    ))
}

/// The table of one quantity as HTML, one column per fit; `ink` is the number of a fit's colour.
pub(super) fn html(fits: &[&FitSummary], ink: impl Fn(&FitSummary) -> usize) -> String {
    results_table::html(LINES, fits, ink)
}
