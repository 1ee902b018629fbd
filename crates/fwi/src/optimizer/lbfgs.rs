//! Limited-memory BFGS.

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings, for_grid};

/// L-BFGS, with bounds for grids, and for networks.
///
/// On a network each step is one evaluation of the objective, tried or accepted; the points are the same for `hold` steps.
///
/// # Source
/// Two-loop recursion: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4. Bounds by gradient projection on
/// the free variables: Bertsekas, SIAM J. Control Optim. 20 (1982), 221-246.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lbfgs {
    /// Number of remembered steps.
    #[serde(default = "memory")]
    pub memory: usize,
    /// Steps of a network on the same collocation points, before others are drawn or taken from the pool.
    #[serde(default = "held")]
    pub hold: usize,
}

fn memory() -> usize {
    10
}
fn held() -> usize {
    100
}

impl CheckSettings for Lbfgs {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("memory"), self.memory as f64, [1.0, 1000.0], Unit::None)?;
        within(&at.key("hold"), self.hold as f64, [2.0, 1e9], Unit::None)
    }
}

impl OptimizerSettings for Lbfgs {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::new(fields::optimizer::Lbfgs::with(self.memory, self.hold)))
    }

    fn for_grid(&self) -> Option<GridOptimizer> {
        Some(for_grid(optimise::Lbfgs::new(self.memory)))
    }
}
