//! Adam.

use optimise::Floor;

use crate::flat_optimizer::FlatOptimizer;

/// Name in scenarios.
pub const NAME: &str = "adam";

/// [`optimise::Adam`] on all parameters.
pub type Adam = FlatOptimizer<optimise::Adam<f32>>;

impl Default for Adam {
    /// The paper's 0.9, 0.999 and 1e-8.
    fn default() -> Self {
        Self::with(0.9, 0.999, 1e-8)
    }
}

impl Adam {
    /// Adam with these decays of the mean gradient and of the mean square gradient, and the number added to its root.
    #[must_use]
    pub fn with(beta1: f64, beta2: f64, epsilon: f64) -> Self {
        Self::new(optimise::Adam::new([beta1, beta2], Floor::Absolute(epsilon)))
    }
}
