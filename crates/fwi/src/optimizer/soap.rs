//! SOAP.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OptimizerSettings, scheduled};
use survey::ranges;

/// SOAP, for networks: Adam in the eigenbasis of the Shampoo preconditioner.
///
/// # Source
/// Vyas et al., arXiv 2409.11321 (2024), algorithm 3.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Soap {
    /// Learning rate.
    #[schemars(transform = ranges::learning_rate())]
    pub learning_rate: f64,
    /// Whether the learning rate falls by a cosine to a hundredth over the inversion.
    #[serde(default = "yes")]
    pub decay: bool,
    /// Number of steps over which the learning rate rises from zero.
    #[serde(default = "hundred")]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub warm_up: usize,
}

fn yes() -> bool {
    true
}
fn hundred() -> usize {
    100
}

impl CheckSettings for Soap {}

impl OptimizerSettings for Soap {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::<fields::optimizer::Soap>::default())
    }

    fn learning_rate(&self, fraction: f64, step: usize) -> f64 {
        scheduled(self.learning_rate, self.decay, self.warm_up, fraction, step)
    }
}
