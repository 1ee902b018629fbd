//! Limited-memory BFGS.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings, for_grid};

/// L-BFGS, for grids with bounds and for networks.
///
/// On a network each step is one evaluation of the objective, whether accepted or not. The points are the same for
/// `hold` steps.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4. Bounds by gradient
/// projection on the free variables: Bertsekas, SIAM J. Control Optim. 20 (1982), 221-246.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lbfgs {
    /// Number of steps that it remembers.
    #[serde(default = "memory")]
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub memory: usize,
    /// Number of steps of a network on the same collocation points, before others are drawn or taken from the pool.
    #[serde(default = "held")]
    #[schemars(transform = Unit::None.within(2.0, 1e9))]
    pub hold: usize,
}

fn memory() -> usize {
    10
}
fn held() -> usize {
    100
}

impl CheckSettings for Lbfgs {}

impl OptimizerSettings for Lbfgs {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::new(fields::optimizer::Lbfgs::with(self.memory, self.hold)))
    }

    fn for_grid(&self) -> Option<GridOptimizer> {
        Some(for_grid(optimise::Lbfgs::new(self.memory)))
    }
}
