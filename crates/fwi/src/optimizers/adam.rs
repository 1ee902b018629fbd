//! Adam.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OptimizerSettings, scheduled};
use crate::key_path::KeyPath;
use crate::problem::Unit;
use crate::scenario::check::{CheckSettings, Fault, positive};

/// Adam, for networks.
///
/// # Source
/// Kingma and Ba, arXiv 1412.6980 (2015), algorithm 1.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adam {
    /// Learning rate.
    pub learning_rate: f64,
    /// Whether the rate falls by a cosine to a hundredth over the inversion.
    #[serde(default)]
    pub decay: bool,
    /// Steps over which the rate rises from zero.
    #[serde(default)]
    pub warm_up: usize,
}

impl CheckSettings for Adam {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("learning_rate"), self.learning_rate, Unit::None)
    }
}

impl OptimizerSettings for Adam {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::<fields::optimizer::Adam>::default())
    }

    fn learning_rate(&self, fraction: f64, step: usize) -> f64 {
        scheduled(self.learning_rate, self.decay, self.warm_up, fraction, step)
    }
}
