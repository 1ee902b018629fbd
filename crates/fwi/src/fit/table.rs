//! The tables of fits, one for each quantity that was fitted.

use super::outcome::FitSummary;
use crate::scenario::fits::Quantity;
use crate::tables::{self, Better, Format, Measure, Row, Sentence, Table};

/// A measure without a unit that is better when it is higher, in dB or as it is.
const fn higher(
    name: &'static str,
    unit: &'static str,
    decimals: usize,
    value: fn(&FitSummary) -> Option<f64>,
) -> Measure<FitSummary> {
    Measure::new(name, unit, Format::Decimals(decimals), Better::Higher, value)
}

const fn error(name: &'static str, value: fn(&FitSummary) -> Option<f64>) -> Measure<FitSummary> {
    Measure::new(name, "%", Format::Percent, Better::Lower, value)
}

const fn cost(
    name: &'static str,
    unit: &'static str,
    format: Format,
    value: fn(&FitSummary) -> Option<f64>,
) -> Measure<FitSummary> {
    Measure::new(name, unit, format, Better::Neither, value)
}

/// All metrics, in the order shown.
const MEASURES: &[Measure<FitSummary>] = &[
    higher("PSNR", "dB", 1, |f| f.metrics.psnr_db),
    higher("PSNR up to a harmonic function", "dB", 1, |f| f.metrics.psnr_but_harmonic_db),
    higher("SSIM", "", 3, |f| f.metrics.ssim),
    error("value error", |f| f.metrics.relative_l2),
    error("gradient error", |f| f.metrics.gradient_relative_l2),
    error("Laplacian error", |f| f.metrics.laplacian_relative_l2),
    cost("wall time", "s", Format::Significant(3), |f| Some(f.wall_s)),
    cost("CPU time", "s", Format::Significant(3), |f| Some(f.cpu_s)),
    cost("steps", "", Format::Decimals(0), |f| Some(f.steps as f64)),
    cost("parameters", "", Format::Decimals(0), |f| Some(f.parameters as f64)),
    cost("compression", "", Format::Factor, |f| Some(f.compression)),
];

/// The fits of one quantity as a table; nothing when it was not fitted. Each fit keeps its colour among all fits.
pub(super) fn table(quantity: Quantity, fits: &[FitSummary]) -> Option<Table> {
    let shown: Vec<FitSummary> = fits.iter().filter(|fit| fit.quantity == quantity).cloned().collect();
    let row = |_, fit: &FitSummary| {
        let ink = fits.iter().position(|other| other.name == fit.name).unwrap_or(0);
        Row::new(&fit.name, ink, fit.status.trouble(&fit.stopped_because))
    };
    let corner = format!("fitted: {}", quantity.name());
    (!shown.is_empty()).then(|| Table { corner, ..Table::new(&[], MEASURES, &shown, row) })
}

/// Which fit of a quantity is best in what. A fitted Laplacian leaves the value open by a harmonic function, so that
/// only the Laplacian is judged.
pub(super) fn verdict(quantity: Quantity, table: &Table) -> Vec<Sentence> {
    let judged: &[&str] = match quantity {
        Quantity::Laplacian => &["Laplacian error"],
        Quantity::Value | Quantity::Gradient => &["PSNR", "gradient error", "Laplacian error"],
    };
    table.verdict("fit", judged)
}

/// The fits as tables for the terminal, one a quantity, each with its verdict.
#[must_use]
pub fn text(fits: &[FitSummary]) -> String {
    let tables = Quantity::ALL.into_iter().filter_map(|quantity| Some((quantity, table(quantity, fits)?)));
    tables.map(|(quantity, table)| table.report(tables::width(), &verdict(quantity, &table))).collect()
}
