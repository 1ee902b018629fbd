//! Least squares with a strength of the sources that is not known.

use document::CheckSettings;
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FrequencyMisfit, Misfit};

/// Least squares with the complex strength of the sources that fits best, `J = min_a ||a d_syn - d_obs||^2 / (2 ||d_obs||^2)`, for data
/// at frequencies.
///
/// Each frequency has a strength of its own, which all shots share: `a = <d_syn, d_obs> / ||d_syn||^2`, computed anew in every
/// evaluation. The derivative by `a` is zero there, so the adjoint source is that of least squares times the conjugate of `a`.
///
/// # Source
/// Pratt, Geophysics 64 (1999), 888-901, equation 17; the gradient: Aravkin and van Leeuwen, Inverse Problems 28 (2012), 115016.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeSource {}

impl CheckSettings for FreeSource {}

impl Misfit for FreeSource {
    fn of_frequencies(&self) -> Option<&dyn FrequencyMisfit> {
        Some(self)
    }
}

impl FrequencyMisfit for FreeSource {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let energy: f64 = observed.iter().map(Complex64::norm_sqr).sum();
        let strength = self.strength(synthetic, observed);
        let residual = synthetic.iter().zip(observed).map(|(s, o)| (strength * s - o) / energy);
        let value = residual.clone().map(|r| r.norm_sqr()).sum::<f64>() * energy / 2.0;
        (value, residual.map(|r| strength.conj() * r).collect())
    }

    fn strength(&self, synthetic: &[Complex64], observed: &[Complex64]) -> Complex64 {
        let energy: f64 = synthetic.iter().map(Complex64::norm_sqr).sum();
        let product: Complex64 = synthetic.iter().zip(observed).map(|(s, o)| s.conj() * o).sum();
        if energy > 0.0 { product / energy } else { Complex64::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The misfit does not depend on the strength of the synthetic data, and is no larger than that of least squares.
    #[test]
    fn strength_does_not_matter() {
        let observed: Vec<Complex64> = (0..9).map(|i| Complex64::cis(f64::from(i * i))).collect();
        let synthetic: Vec<Complex64> = (0..9).map(|i| Complex64::cis(f64::from(i * i) + 0.3)).collect();
        let factor = Complex64::new(-2.0, 7.0);
        let strong: Vec<Complex64> = synthetic.iter().map(|s| factor * s).collect();
        let (one, other) =
            (FreeSource {}.evaluate(&synthetic, &observed).0, FreeSource {}.evaluate(&strong, &observed).0);
        // The phase of 0.3 is a strength: nothing is left.
        assert!(one.abs() < 1e-14 && other.abs() < 1e-14);
        let shifted: Vec<Complex64> = synthetic.iter().map(|s| s + 0.5).collect();
        let free = FreeSource {}.evaluate(&shifted, &observed).0;
        assert!(free > 1e-3 && free < super::super::L2 {}.evaluate(&shifted, &observed).0);
        let strength = FreeSource {}.strength(&strong, &observed);
        assert!((strength * factor - Complex64::cis(-0.3)).norm() < 1e-14);
    }
}
