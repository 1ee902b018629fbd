//! Adam.

use std::ops::Range;

use document::{CheckSettings, Fault, KeyPath, Unit, positive};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OptimizerSettings, scheduled};
use crate::grid_optimizer::{Bounds, Ended, GridObjective, GridOptimizer, Memory, rows};
use crate::inversion::InversionError;

/// Adam, for networks and for grids, where it needs no line search and stands functions that change with the shots.
///
/// On a grid the learning rate is in units of the contrast of squared slowness: 0.01 changes a velocity by up to half a
/// per cent in a step.
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

    fn for_grid(&self) -> Option<&dyn GridOptimizer> {
        Some(self)
    }

    fn learning_rate(&self, fraction: f64, step: usize) -> f64 {
        scheduled(self.learning_rate, self.decay, self.warm_up, fraction, step)
    }
}

/// Decays of the mean of the gradients and of that of their squares.
const DECAYS: [f64; 2] = [0.9, 0.999];
/// Share of the largest mean square root that is added to each: gradients of misfits have no scale of their own.
const FLOOR: f64 = 1e-8;

impl GridOptimizer for Adam {
    /// The value reported with a step is that before it, the only one that is computed.
    fn minimise(
        &self,
        iterations: Range<usize>,
        memory: Memory,
        x: &mut Vec<f64>,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Ended, InversionError> {
        bounds.project(x);
        let (mut mean, mut square) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        if !memory.is_empty() {
            let mut rows = rows("adam", memory, &[("mean", x.len()), ("mean square", x.len())])?;
            (square, mean) = (rows.swap_remove(1), rows.swap_remove(0));
        }
        let all = iterations.end;
        for iteration in iterations {
            objective.changes(iteration);
            let (value, gradient) = objective.evaluate(x)?;
            let gradient = objective.precondition(&gradient).unwrap_or(gradient);
            if gradient.iter().all(|g| *g == 0.0) && mean.iter().all(|m| *m == 0.0) {
                return Ok(Ended::Converged);
            }
            for ((m, v), g) in mean.iter_mut().zip(&mut square).zip(&gradient) {
                *m = DECAYS[0] * *m + (1.0 - DECAYS[0]) * g;
                *v = DECAYS[1] * *v + (1.0 - DECAYS[1]) * g * g;
            }
            let [first, second] = DECAYS.map(|decay| 1.0 - decay.powi(iteration as i32 + 1));
            let largest = square.iter().copied().fold(0.0, f64::max);
            let floor = FLOOR * (largest / second).sqrt();
            let rate = self.learning_rate(iteration as f64 / all as f64, iteration);
            for ((x, m), v) in x.iter_mut().zip(&mean).zip(&square) {
                *x -= rate * (m / first) / ((v / second).sqrt() + floor);
            }
            bounds.project(x);
            let memory =
                || vec![("mean".to_owned(), mean.clone()), ("mean square".to_owned(), square.clone())];
            if objective.after(iteration, value, x, &memory)? {
                return Ok(Ended::Asked);
            }
        }
        Ok(Ended::Iterations)
    }
}
