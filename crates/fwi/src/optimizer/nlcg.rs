//! Nonlinear conjugate gradients.

use document::CheckSettings;
use optimise::ConjugateGradients;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings, for_grid};

/// Nonlinear conjugate gradients with bounds, for grids. They remember two directions only, and need an evaluation
/// more now and then than L-BFGS.
///
/// # Source
/// Nocedal and Wright, Numerical Optimization (2006), section 5.2; Hager and Zhang, SIAM J. Optim. 16 (2005),
/// 170-192, equations 1.3 and 1.6; bounds as in `lbfgs`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Nlcg {
    /// The factor of the previous direction.
    pub formula: Formula,
}

/// The factor of the previous direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// Polak and Ribiere, not below 0. It restarts by itself where progress is poor.
    #[default]
    PolakRibiere,
    /// Hager and Zhang. It gives a descent direction whatever the line search.
    HagerZhang,
}

impl CheckSettings for Nlcg {}

impl OptimizerSettings for Nlcg {
    fn for_grid(&self) -> Option<GridOptimizer> {
        let formula = match self.formula {
            Formula::PolakRibiere => optimise::Formula::PolakRibiere,
            Formula::HagerZhang => optimise::Formula::HagerZhang,
        };
        Some(for_grid(ConjugateGradients::new(formula)))
    }
}
