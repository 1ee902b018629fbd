//! Gauss-Newton steps with damping, for small networks.

use optimise::LevenbergMarquardt;

use crate::flat_optimizer::FlatOptimizer;
use crate::normal_equations;

/// Name in scenarios.
pub const NAME: &str = "gauss_newton";

/// The largest number of parameters. The matrix then takes 0.2 GB, and its factorisation about a second.
pub const MOST_PARAMETERS: usize = 5000;

/// The steps of [`LevenbergMarquardt`]. Each step of the optimiser is one evaluation of the objective.
pub type GaussNewton = FlatOptimizer<LevenbergMarquardt<f32>>;

impl Default for GaussNewton {
    /// An initial damping of 1e-3, and the same function for 20 evaluations.
    fn default() -> Self {
        Self::with(1e-3, 20)
    }
}

impl GaussNewton {
    /// Steps that start with this damping, on objectives that stay the same for `hold` steps.
    #[must_use]
    pub fn with(damping: f64, hold: usize) -> Self {
        Self::searching(LevenbergMarquardt::new(damping), hold)
            .checking(|architecture| normal_equations::check(architecture, MOST_PARAMETERS))
    }
}
