//! SOAP.

use document::{CheckSettings, Fault, KeyPath, Unit, positive};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OptimizerSettings, scheduled};

/// SOAP, for networks: Adam in the eigenbasis of the Shampoo preconditioner.
///
/// # Source
/// Vyas et al., arXiv 2409.11321 (2024), algorithm 3.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Soap {
    /// Learning rate.
    pub learning_rate: f64,
    /// Whether the rate falls by a cosine to a hundredth over the inversion.
    #[serde(default = "yes")]
    pub decay: bool,
    /// Steps over which the rate rises from zero.
    #[serde(default = "hundred")]
    pub warm_up: usize,
}

fn yes() -> bool {
    true
}
fn hundred() -> usize {
    100
}

impl CheckSettings for Soap {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("learning_rate"), self.learning_rate, Unit::None)
    }
}

impl OptimizerSettings for Soap {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::<fields::optimizer::Soap>::default())
    }

    fn learning_rate(&self, fraction: f64, step: usize) -> f64 {
        scheduled(self.learning_rate, self.decay, self.warm_up, fraction, step)
    }
}
