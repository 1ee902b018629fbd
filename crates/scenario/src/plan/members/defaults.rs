//! What an inversion takes where the scenario says nothing.

use fwi::conditioning::{ConditioningChoice, Illumination};
use fwi::shots::Minibatches;
use fwi::waves_plan::WavesPlan;

use crate::{InversionBlock, MethodChoice};

/// Damping of the illumination for networks, relative to the largest energy.
const DAMPING: f64 = 3e-3;
/// Iterations in which every shot has its turn.
const TURNS: usize = 4;

/// Whether an inversion is one of method `implicit` in time whose optimiser takes each gradient as it comes.
fn stochastic(block: &InversionBlock, waves: &WavesPlan) -> bool {
    let implicit = matches!(block.method, MethodChoice::Implicit(_));
    implicit && matches!(waves, WavesPlan::Transient(_)) && takes_each_gradient(block)
}

/// Whether the optimiser of a network makes a step of each gradient, so that the gradient need not be that of one function.
pub(super) fn takes_each_gradient(block: &InversionBlock) -> bool {
    block.optimizer.hold() == 1
}

/// How gradients are conditioned.
pub(super) fn conditioning(block: &InversionBlock, waves: &WavesPlan) -> Vec<ConditioningChoice> {
    match &block.conditioning {
        Some(given) => given.clone(),
        None if stochastic(block, waves) => {
            vec![ConditioningChoice::Illumination(Illumination { damping: DAMPING, power: 1.0 })]
        }
        None => Vec::new(),
    }
}

/// The shots of an iteration, unless it takes all of them.
pub(super) fn batch(block: &InversionBlock, waves: &WavesPlan, shots: usize) -> Option<Minibatches> {
    let batch = match &block.batch {
        Some(given) => Some(given.clone()),
        None if stochastic(block, waves) && block.source_encoding.is_none() => {
            Some(Minibatches { shots: shots.div_ceil(TURNS) })
        }
        None => None,
    };
    batch.filter(|batch| batch.shots < shots)
}
