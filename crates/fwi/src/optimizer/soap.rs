//! SOAP.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use crate::schedule::Schedule;
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
    /// Whether the learning rate falls by a cosine. When absent, it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decay: Option<bool>,
    /// Share of the inversion after which it falls. When absent, 0, and 0.5 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 0.999))]
    pub constant: Option<f64>,
    /// Share of it that is left at the end. When absent, 0.01, and 0.02 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 1.0))]
    pub end: Option<f64>,
    /// Number of steps over which the learning rate rises from zero. When absent, 100, and 5 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub warm_up: Option<usize>,
    /// Decays of the running means of the gradients and of their squares, from one step to the next. When absent,
    /// 0.95 and 0.99, and 0.9 and 0.95 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 0.999_999))]
    pub decays: Option<[f64; 2]>,
}

impl Soap {
    /// The optimiser with a learning rate that falls or not, after a rise over `warm_up` steps.
    #[must_use]
    pub fn with(learning_rate: f64, decay: bool, warm_up: usize) -> Self {
        Self {
            learning_rate,
            decay: Some(decay),
            constant: None,
            end: None,
            warm_up: Some(warm_up),
            decays: None,
        }
    }

    /// The optimiser of a network with these decays, unless the scenario has others.
    fn with_decays(&self, usual: [f64; 2]) -> Box<dyn fields::Optimizer> {
        let [mean, squares] = self.decays.unwrap_or(usual);
        Box::new(fields::optimizer::Soap::new(mean as f32, squares as f32, FLOOR))
    }
}

impl CheckSettings for Soap {}

impl OptimizerSettings for Soap {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(self.with_decays(DECAYS))
    }

    fn for_minibatches(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(self.with_decays(OF_MINIBATCHES))
    }

    fn learning_rate(&self, usual: &Schedule, fraction: f64, step: usize) -> f64 {
        let Self { decay, constant, end, warm_up, .. } = *self;
        let own = Schedule { decay: Some(true), warm_up: Some(100), ..Schedule::default() };
        let schedule = Schedule { decay, constant, end, warm_up }.or(usual).or(&own);
        self.learning_rate * schedule.factor(fraction, step)
    }
}

/// Decays of the means of the gradients and of their squares.
const DECAYS: [f64; 2] = [0.95, 0.99];
/// Added to the root of the mean square.
const FLOOR: f32 = 1e-12;
/// The same where every step is of other shots.
const OF_MINIBATCHES: [f64; 2] = [0.9, 0.95];
