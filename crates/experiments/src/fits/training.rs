//! One network fitted to one target.

use fields::{Network, device};

use super::block::FitBlock;
use super::block::Quantity;
use super::follower::{Follower, StepCallback};
use super::objective::FitObjective;
use super::outcome::{FitRow, FitSummary};
use super::quantity::LearningTarget;
use super::score::{Score, psnr_but_harmonic_db};
use super::target::Target;
use fwi::field_network::FieldNetwork;
use fwi::inversion::InversionError;
use fwi::network_training::Training;
use fwi::recorder::Rows;
use fwi::status::Status;
use survey::derivatives::Derivatives;

/// The result of a fit.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The network and the meaning of its output.
    pub field: FieldNetwork,
    /// Its values at the nodes of the target.
    pub at: Derivatives,
    /// Its error.
    pub score: Score,
    /// Its history.
    pub history: Vec<FitRow>,
    /// Its status.
    pub status: Status,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Finished optimiser steps.
    pub steps: u64,
    /// Wall time of the steps, s, without the time for measuring errors.
    pub wall_s: f64,
    /// CPU time of the steps, s.
    pub cpu_s: f64,
}

/// Fits a network, from where its checkpoint file was read.
///
/// # Errors
/// [`InversionError::Fields`] for a network that cannot be built, an unavailable device, or a checkpoint of another
/// network.
pub fn fit(
    target: &Target,
    block: &FitBlock,
    rows: Rows<FitRow>,
    tell: &mut StepCallback,
) -> Result<Fitted, InversionError> {
    let device = device::parse(&block.device)?;
    let target_values =
        LearningTarget::new(target, block.quantity, block.scaling).smoothed(target, block.smoothing);
    let architecture = block.network.architecture(1)?;
    if let Some(available) = machine::memory::available() {
        let points = block.batch.unwrap_or(target.grid.len());
        architecture.memory(points, target_values.order()).check(available)?;
    }
    let network = Network::init(&architecture, block.seed, &device)?;
    let points: Vec<[f64; 2]> = target.grid.points().collect();
    let mut objective = FitObjective::new(&target_values, &points, block, &device);
    let measure = |network: &Network| measured(target, &target_values, network, &points);
    let score = |network: &Network| measure(network).2;
    let mut follower = Follower::new(block, rows, &score, tell);
    follower.begin(&network);
    let training =
        Training { optimizer: &block.optimizer, before: 0, steps: block.steps, time_limit: block.time_limit };
    let trained = training.run(network, &mut objective, &mut follower)?;
    let (mut field, at, score) = follower.record.clock.outside(|| measure(&trained.network));
    follower.end(&trained, &score);
    field.frame.relative_l2 = score.relative_l2.unwrap_or(f64::NAN);
    field.frame.largest = score.largest.unwrap_or(f64::NAN);
    Ok(Fitted {
        field,
        at,
        score,
        status: trained.status,
        stopped_because: trained.stopped_because,
        steps: trained.steps as u64,
        wall_s: follower.record.clock.wall_s(),
        cpu_s: follower.record.clock.cpu_s(),
        history: follower.record.history,
    })
}

/// A fit whose network and history were read from files.
#[must_use]
pub fn recalled(target: &Target, summary: &FitSummary, field: FieldNetwork, history: Vec<FitRow>) -> Fitted {
    let points: Vec<[f64; 2]> = target.grid.points().collect();
    let at = field.evaluate(&points);
    Fitted {
        field,
        at,
        score: summary.metrics,
        history,
        status: summary.status,
        stopped_because: summary.stopped_because.clone(),
        steps: summary.steps,
        wall_s: summary.wall_s,
        cpu_s: summary.cpu_s,
    }
}

/// The network as a field, its values, and their misfit from the target.
fn measured(
    target: &Target,
    target_values: &LearningTarget,
    network: &Network,
    points: &[[f64; 2]],
) -> (FieldNetwork, Derivatives, Score) {
    // With an offset of zero and a factor of one the values are the outputs.
    let mut frame = target_values.frame(target, std::iter::once(0.0));
    (frame.offset, frame.factor) = (0.0, 1.0);
    let mut field = FieldNetwork { network: network.frozen(), frame };
    let mut at = field.evaluate(points);
    field.frame = target_values.frame(target, at.value.iter().copied());
    let (offset, factor) = (field.frame.offset, field.frame.factor);
    at.value.iter_mut().for_each(|y| *y = offset + factor * *y);
    let [x, z] = &mut at.gradient;
    x.iter_mut().chain(z).chain(&mut at.laplacian).for_each(|y| *y *= factor);
    let mut score = Score::of(&at, target);
    if target_values.quantity() == Quantity::Laplacian {
        score.psnr_but_harmonic_db = psnr_but_harmonic_db(&at.value, target);
    }
    (field, at, score)
}
