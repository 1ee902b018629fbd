//! Adam.

use document::{CheckSettings, Unit};
use optimise::Floor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings};
use crate::schedule::Schedule;
use survey::ranges;

/// Adam, for networks and for grids. On grids it needs no line search and copes with objectives that change with
/// the shots.
///
/// On a grid the learning rate is in units of the contrast of squared slowness: 0.01 changes a velocity by up to
/// half a per cent in a step.
///
/// # Source
/// Kingma and Ba, arXiv 1412.6980 (2015), algorithm 1.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adam {
    /// Learning rate.
    #[schemars(transform = ranges::learning_rate())]
    pub learning_rate: f64,
    /// Whether the learning rate falls by a cosine. When absent, it falls for `implicit` in time only.
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
    /// Number of steps over which the learning rate rises from zero. When absent, 0, and 5 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub warm_up: Option<usize>,
    /// Decays of the running means of the gradients and of their squares, from one step to the next. When absent,
    /// 0.9 and 0.999, and 0.9 and 0.99 for `implicit` in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(0.0, 0.999_999))]
    pub decays: Option<[f64; 2]>,
}

impl Adam {
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
        Box::new(fields::optimizer::Adam::with(mean, squares, 1e-8))
    }
}

impl CheckSettings for Adam {}

impl OptimizerSettings for Adam {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(self.with_decays(DECAYS))
    }

    fn for_minibatches(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(self.with_decays(OF_MINIBATCHES))
    }

    fn for_grid(&self) -> Option<GridOptimizer> {
        Some(Box::new(optimise::Adam::new(self.decays.unwrap_or(DECAYS), FLOOR)))
    }

    fn learning_rate(&self, usual: &Schedule, fraction: f64, step: usize) -> f64 {
        let Self { decay, constant, end, warm_up, .. } = *self;
        let own = Schedule { decay: Some(false), warm_up: Some(0), ..Schedule::default() };
        let schedule = Schedule { decay, constant, end, warm_up }.or(usual).or(&own);
        self.learning_rate * schedule.factor(fraction, step)
    }
}

/// Decays of the mean of the gradients and of that of their squares.
const DECAYS: [f64; 2] = [0.9, 0.999];
/// What is added to each mean square root over the largest: gradients of misfits have no scale of their own.
const FLOOR: Floor = Floor::OfLargest(1e-8);
/// The same where every step is of other shots.
const OF_MINIBATCHES: [f64; 2] = [0.9, 0.99];
