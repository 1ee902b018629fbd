//! The number of points per wavelength that a scheme needs.

use crate::{FdError, Grid};

/// Largest accepted relative error of the numerical wavenumber.
const DISPERSION: f64 = 0.02;

/// Points per wavelength at which the staggered scheme of an order has an error of 2 % in the wavenumber along an
/// axis.
///
/// The scheme multiplies exp(ikx) by D(kh)/h, where D(t) = sum_j w_j 2 sin(o_j t) over the positive offsets; the
/// error is
/// |D(t)/t - 1|, solved for t by bisection. Order 2 needs 9.0, order 4 needs 4.2.
///
/// # Errors
/// [`FdError::Pde`] if the order is not even and positive.
pub fn needed_points_per_wavelength(order: usize) -> Result<f64, FdError> {
    if order == 0 || !order.is_multiple_of(2) {
        return Err(pde::PdeError::Order { found: order }.into());
    }
    let stencil = pde::staggered(order);
    let error = |t: f64| {
        let symbol: f64 = stencil.offsets.iter().zip(&stencil.weights).map(|(o, w)| w * (o * t).sin()).sum();
        (symbol / t - 1.0).abs()
    };
    let (mut low, mut high) = (1e-3, std::f64::consts::PI);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if error(middle) < DISPERSION {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(std::f64::consts::TAU / low)
}

/// Checks the points per wavelength of a frequency (Hz) at the slowest velocity (m/s).
///
/// # Errors
/// [`FdError::FrequencyTooHigh`] with the number found and [`needed_points_per_wavelength`].
pub fn check_sampling(grid: &Grid, order: usize, frequency: f64, velocity: f64) -> Result<(), FdError> {
    let spacing = grid.spacing[0].max(grid.spacing[1]);
    let (found, needed) = (velocity / (frequency * spacing), needed_points_per_wavelength(order)?);
    if found >= needed {
        return Ok(());
    }
    Err(FdError::FrequencyTooHigh { frequency, velocity, spacing, order, found, needed })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leading dispersion errors t^2/24 and 3 t^4/640 give the limits 2 pi / sqrt(24 * 0.02) = 9.07 and 2 pi /
    /// (640 * 0.02 / 3)^(1/4) = 4.37; the next terms change them by less than 4 %. Higher orders need fewer points.
    #[test]
    fn limits_of_low_orders() {
        let needed = |order| needed_points_per_wavelength(order).unwrap();
        assert!((needed(2) / 9.07 - 1.0).abs() < 0.04);
        assert!((needed(4) / 4.37 - 1.0).abs() < 0.04);
        for order in [4, 6, 8, 10] {
            assert!(needed(order) < needed(order - 2) && needed(order) > 2.0);
        }
        assert!(needed_points_per_wavelength(3).is_err());
    }
}
