//! Adam.

use document::{CheckSettings, Unit};
use optimise::Floor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GridOptimizer, OptimizerSettings, scheduled};
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
    /// Whether the learning rate falls by a cosine to a hundredth over the inversion.
    #[serde(default)]
    pub decay: bool,
    /// Number of steps over which the learning rate rises from zero.
    #[serde(default)]
    #[schemars(transform = Unit::None.within(0.0, 1e9))]
    pub warm_up: usize,
}

impl CheckSettings for Adam {}

impl OptimizerSettings for Adam {
    fn for_network(&self) -> Option<Box<dyn fields::Optimizer>> {
        Some(Box::<fields::optimizer::Adam>::default())
    }

    fn for_grid(&self) -> Option<GridOptimizer> {
        Some(Box::new(optimise::Adam::new(DECAYS, FLOOR)))
    }

    fn learning_rate(&self, fraction: f64, step: usize) -> f64 {
        scheduled(self.learning_rate, self.decay, self.warm_up, fraction, step)
    }
}

/// Decays of the mean of the gradients and of that of their squares, on a grid.
const DECAYS: [f64; 2] = [0.9, 0.999];
/// What is added to each mean square root over the largest: gradients of misfits have no scale of their own.
const FLOOR: Floor = Floor::OfLargest(1e-8);
