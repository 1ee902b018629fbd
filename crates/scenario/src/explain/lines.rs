//! What several pages say: the sampling of frequencies, thin layers, and times.

use document::numbers::short;

use super::page::Page;
use crate::error::FwiError;
use crate::plan::Plan;

/// Thickness of an absorbing layer over the dominant wavelength below which it reflects several per cent.
pub(super) const THIN_LAYER: f64 = 0.25;

/// A line for each frequency: the points in a wavelength of the slowest waves.
pub(super) fn points(
    plan: &Plan,
    frequencies: &[f64],
    slowest: f64,
    page: &mut Page,
) -> Result<(), FwiError> {
    let needed = fd::needed_points_per_wavelength(plan.order)?;
    for frequency in frequencies {
        let wavelength = slowest / frequency;
        page.line(
            "frequency",
            &format!(
                "{} Hz: {} points per wavelength of {} m ({} m/s), {} needed",
                short(*frequency),
                short(wavelength / plan.grid.spacing[0]),
                short(wavelength),
                short(slowest),
                short(needed)
            ),
        );
    }
    Ok(())
}

/// Seconds with one digit, which is the precision of the estimate.
pub(super) fn seconds(value: f64) -> String {
    match value {
        v if v < 1e-3 => "1 ms".to_owned(),
        v if v < 1.0 => format!("{} ms", one_digit(1e3 * v)),
        v if v < 100.0 => format!("{} s", one_digit(v)),
        v => format!("{} min", one_digit(v / 60.0)),
    }
}

fn one_digit(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor());
    short((value / unit).round() * unit)
}
