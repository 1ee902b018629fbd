//! Least squares.

use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Misfit;
use crate::scenario::check::CheckSettings;

/// `J = ||d_syn - d_obs||^2 / (2 ||d_obs||^2)`: the square of the relative misfit, halved.
///
/// # Source
/// Tarantola, Geophysics 49 (1984), 1259-1266, with a diagonal data covariance.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct L2 {}

impl CheckSettings for L2 {}

impl Misfit for L2 {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let energy: f64 = observed.iter().map(Complex64::norm_sqr).sum();
        let residual: Vec<Complex64> =
            synthetic.iter().zip(observed).map(|(s, o)| (s - o) / energy).collect();
        let value = residual.iter().map(Complex64::norm_sqr).sum::<f64>() * energy / 2.0;
        (value, residual)
    }
}
