//! First-order Tikhonov regularisation.

use document::CheckSettings;
use fd::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, gradient_penalty};
use survey::ranges;

/// First-order Tikhonov regularisation, `weight * integral |grad q|^2 / 2`. It prefers smooth models.
///
/// # Source
/// Tikhonov and Arsenin, Solutions of Ill-posed Problems (1977), chapter II.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tikhonov {
    /// Weight against the misfit. 1e-5 to 1e-3 are usual.
    #[schemars(transform = ranges::weight())]
    pub weight: f64,
}

impl CheckSettings for Tikhonov {}

impl Regularizer for Tikhonov {
    fn evaluate(&self, contrast: &[f64], grid: &Grid) -> (f64, Vec<f64>) {
        gradient_penalty(contrast, grid, |s| (0.5 * self.weight * s, 0.5 * self.weight))
    }
}
