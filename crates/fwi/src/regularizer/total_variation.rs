//! Total variation.

use document::{CheckSettings, Unit};
use fd::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, gradient_penalty};
use survey::ranges;

/// Total variation, `weight * integral (sqrt(|grad q|^2 + smoothing^2) - smoothing)`. It prefers models of few,
/// short interfaces.
///
/// # Source
/// Rudin, Osher and Fatemi, Physica D 60 (1992), 259-268, equation 2.2, smoothed as in Acar and Vogel (1994).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalVariation {
    /// Weight against the misfit. 1e-5 to 1e-2 are usual.
    #[schemars(transform = ranges::weight())]
    pub weight: f64,
    /// Gradient below which the penalty is quadratic, in contrast per root of the inverted area.
    #[serde(default = "smoothing")]
    #[schemars(transform = Unit::None.within(1e-9, 1e9))]
    pub smoothing: f64,
}

fn smoothing() -> f64 {
    0.2
}

impl CheckSettings for TotalVariation {}

impl Regularizer for TotalVariation {
    fn evaluate(&self, contrast: &[f64], grid: &Grid) -> (f64, Vec<f64>) {
        gradient_penalty(contrast, grid, |s| {
            let root = (s + self.smoothing * self.smoothing).sqrt();
            (self.weight * (root - self.smoothing), 0.5 * self.weight / root)
        })
    }
}
