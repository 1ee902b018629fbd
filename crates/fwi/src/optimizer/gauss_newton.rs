//! Gauss-Newton: truncated on grids, by the normal equations on networks.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings, for_grid};

/// Gauss-Newton steps, for grids and for small networks.
///
/// On a grid the linearised problem is solved by conjugate gradients without a matrix, as exactly as the progress
/// of the outer iterations deserves. Each inner iteration costs about one gradient.
///
/// On a network of at most 5000 parameters the linearised residuals at the points are solved by the normal
/// equations in double precision (Levenberg and Marquardt), with a line search. Each step is one evaluation,
/// whether accepted or not, and the points are the same for `hold` steps. The loss has to be a sum of squares.
///
/// # Source
/// Metivier, Brossier, Virieux and Operto, SIAM J. Sci. Comput. 35 (2013), B401-B437; how exactly: Eisenstat and
/// Walker, SIAM J. Sci. Comput. 17 (1996), 16-32, choice 2.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GaussNewton {
    /// Largest number of inner iterations in an outer one, on a grid.
    #[serde(default = "inner")]
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub inner: usize,
    /// On a grid: the share of the curvature along the gradient that is added to all curvatures (Levenberg and
    /// Marquardt), 0 when absent. On a network: the share of each parameter's curvature that is added to it at the
    /// start, 1e-3 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 1e6))]
    pub damping: Option<f64>,
    /// Number of steps of a network on the same collocation points, before others are drawn or taken from the pool.
    #[serde(default = "held")]
    #[schemars(transform = Unit::None.within(2.0, 1e9))]
    pub hold: usize,
}

fn inner() -> usize {
    10
}
fn held() -> usize {
    20
}

impl CheckSettings for GaussNewton {}

impl OptimizerSettings for GaussNewton {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::new(fields::optimizer::GaussNewton::with(self.damping.unwrap_or(1e-3), self.hold)))
    }

    fn needs_squares(&self) -> bool {
        true
    }

    fn for_grid(&self) -> Option<GridOptimizer> {
        Some(for_grid(optimise::GaussNewton::new(self.inner, self.damping.unwrap_or(0.0))))
    }
}
