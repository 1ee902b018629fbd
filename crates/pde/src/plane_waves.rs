//! Plane waves in a uniform medium: the matrix that a wave makes singular.

use num_complex::Complex64;

use crate::error::PdeError;
use crate::expr::Expr;
use crate::lower::linear_in;
use crate::symbol::{Axis, MultiIndex};
use crate::system::System;

impl System {
    /// What the residuals become for unknowns `A exp(i (omega t - k x))` in a uniform medium: a matrix with a row a residual
    /// and a column an unknown. There is a wave of this `omega` (rad/s) and wave vector (rad/m, in the order of the axes)
    /// where the matrix is singular.
    ///
    /// # Errors
    /// [`PdeError::NotLinear`]; [`PdeError::NoValue`] for a parameter without a value.
    pub fn plane_wave(
        &self,
        value: &dyn Fn(&str) -> Option<f64>,
        omega: Complex64,
        wave_vector: &[Complex64],
    ) -> Result<Vec<Vec<Complex64>>, PdeError> {
        let environment = |name: &str, derivative: &MultiIndex, _: &[f64]| {
            if derivative.is_zero() { value(name).map(Complex64::from) } else { Some(Complex64::ZERO) }
        };
        let factor = |derivative: MultiIndex| -> Complex64 {
            let along = |axis: Axis| match self.dimension.axes().iter().position(|a| *a == axis) {
                Some(place) => -Complex64::I * wave_vector[place],
                None => Complex64::I * omega,
            };
            derivative.axes().map(along).product()
        };
        let row = |residual: &Expr| {
            let of = |symbol: &crate::symbol::Symbol| {
                let form = linear_in(residual, &symbol.name)?;
                form.terms.iter().try_fold(Complex64::ZERO, |sum, (derivative, coefficient)| {
                    Ok(sum + coefficient.eval(&environment, &[])? * factor(*derivative))
                })
            };
            self.unknowns.iter().map(of).collect()
        };
        self.resolved().iter().map(row).collect()
    }
}
