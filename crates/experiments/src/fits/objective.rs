//! The objective of a fit.

use burn::tensor::{Device, Tensor};
use fields::Network;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::block::FitBlock;
use super::quantity::LearningTarget;
use fwi::inversion::InversionError;
use fwi::network_training::{self, TrainingValue};

/// The misfit of a network at all samples of the target, or at the samples of a batch.
pub(super) struct FitObjective<'a> {
    target_values: &'a LearningTarget,
    points: &'a [[f64; 2]],
    batches: Batches,
    /// The points of all samples, if there are no batches.
    whole: Option<Tensor<2>>,
    hold: usize,
    squares: bool,
    /// The misfit of a network whose output is zero.
    zero: f64,
    device: Device,
}

impl<'a> FitObjective<'a> {
    /// The objective of a fit.
    pub(super) fn new(
        target_values: &'a LearningTarget,
        points: &'a [[f64; 2]],
        block: &FitBlock,
        device: &Device,
    ) -> Self {
        let batches = Batches::new(points.len(), block.batch, block.seed);
        let whole = batches.is_whole().then(|| target_values.coordinates().tensor(points, device));
        let hold = block.optimizer.hold();
        let squares = block.optimizer.as_dyn().needs_squares();
        let zero = target_values.zero().max(f64::MIN_POSITIVE);
        Self { target_values, points, batches, whole, hold, squares, zero, device: device.clone() }
    }
}

impl network_training::TrainingObjective for FitObjective<'_> {
    fn evaluate(&mut self, network: &Network, step: usize) -> Result<TrainingValue, InversionError> {
        self.skip(step)?;
        let indices = self.batches.these();
        let batch = self.whole.clone().unwrap_or_else(|| {
            let chosen: Vec<[f64; 2]> = indices.iter().map(|i| self.points[*i]).collect();
            self.target_values.coordinates().tensor(&chosen, &self.device)
        });
        let jet = network.evaluate(batch.clone(), self.target_values.order());
        let (objective, upstream) = self.target_values.misfit(&jet, indices);
        let residuals = self.squares.then(|| self.target_values.residuals(&jet, indices, batch));
        let residual = (objective / self.zero).sqrt();
        Ok(TrainingValue { objective, residual, gradient: jet.pull_back(upstream), residuals })
    }

    fn skip(&mut self, step: usize) -> Result<(), InversionError> {
        if step.is_multiple_of(self.hold) {
            self.batches.next();
        }
        Ok(())
    }
}

/// The samples that each step uses: all of them, or parts of random permutations.
struct Batches {
    order: Vec<usize>,
    size: usize,
    /// The start of the samples after the current ones.
    from: usize,
    rng: StdRng,
}

impl Batches {
    fn new(count: usize, size: Option<usize>, seed: u64) -> Batches {
        let size = size.map_or(count, |size| size.min(count));
        // The network uses the seed itself.
        let rng = StdRng::seed_from_u64(seed.wrapping_add(0x5eed));
        Batches { order: (0..count).collect(), size, from: count, rng }
    }

    fn is_whole(&self) -> bool {
        self.size == self.order.len()
    }

    /// The next samples. Each is used once before any is used again, except for a remainder smaller than a batch.
    fn next(&mut self) -> &[usize] {
        if self.is_whole() {
            return &self.order;
        }
        if self.from + self.size > self.order.len() {
            self.order.shuffle(&mut self.rng);
            self.from = 0;
        }
        self.from += self.size;
        self.these()
    }

    /// The current samples.
    fn these(&self) -> &[usize] {
        if self.is_whole() { &self.order } else { &self.order[self.from - self.size..self.from] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within one permutation no sample occurs twice; the next permutation differs; without a batch size all samples
    /// come in order.
    #[test]
    fn batches_use_every_sample() {
        let mut batches = Batches::new(10, Some(3), 1);
        let mut orders = Vec::new();
        for _ in 0..2 {
            let mut seen: Vec<usize> = (0..3).flat_map(|_| batches.next().to_vec()).collect();
            orders.push(seen.clone());
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 9);
        }
        assert_ne!(orders[0], orders[1]);
        assert_eq!(Batches::new(4, None, 1).next(), [0, 1, 2, 3]);
        assert!(Batches::new(4, Some(9), 1).is_whole());
    }
}
