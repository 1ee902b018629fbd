//! Least-squares misfit.

use document::CheckSettings;
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FrequencyMisfit, Misfit, TimeMisfit};
use survey::traces::Gather;

/// Least squares, `J = ||d_syn - d_obs||^2 / (2 ||d_obs||^2)`: half the square of the relative misfit.
///
/// # Source
/// Tarantola, Geophysics 49 (1984), 1259-1266, with a diagonal data covariance.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct L2 {}

impl CheckSettings for L2 {}

impl Misfit for L2 {
    fn of_frequencies(&self) -> Option<&dyn FrequencyMisfit> {
        Some(self)
    }

    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

impl FrequencyMisfit for L2 {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let energy: f64 = observed.iter().map(Complex64::norm_sqr).sum();
        let residual: Vec<Complex64> =
            synthetic.iter().zip(observed).map(|(s, o)| (s - o) / energy).collect();
        let value = residual.iter().map(Complex64::norm_sqr).sum::<f64>() * energy / 2.0;
        (value, residual)
    }
}

impl TimeMisfit for L2 {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let scale = gather.reference.per_energy();
        let residual = gather.synthetic.iter().zip(gather.observed).map(|(s, o)| s - o);
        let value = residual.clone().map(|r| r * r).sum::<f64>() * scale / 2.0;
        (value, residual.map(|r| r * scale).collect())
    }
}
