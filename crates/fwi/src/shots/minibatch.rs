//! Minibatches of shots.

use document::Unit;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of the shots for each iteration. Every shot has its turn once before any has its second: an epoch.
///
/// # Source
/// van Leeuwen and Herrmann, Geophys. Prospect. 61 (2013), 10-17.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minibatches {
    /// Largest number of shots in an iteration.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub shots: usize,
}

impl Minibatches {
    /// Number of iterations per epoch.
    #[must_use]
    pub fn per_epoch(&self, shots: usize) -> usize {
        shots.div_ceil(self.shots.max(1)).max(1)
    }

    /// The shots of an iteration in increasing order. They depend only on the seed, not on the history of the run.
    #[must_use]
    pub fn batch(&self, iteration: usize, shots: usize, seed: u64) -> Vec<usize> {
        let batches = self.per_epoch(shots);
        let (epoch, batch) = (iteration / batches, iteration % batches);
        let mut order: Vec<usize> = (0..shots).collect();
        let epoch = (epoch as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        order.shuffle(&mut StdRng::seed_from_u64(seed ^ epoch));
        // The sizes of batches differ by one shot at most.
        let mut chosen = order[batch * shots / batches..(batch + 1) * shots / batches].to_vec();
        chosen.sort_unstable();
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each epoch contains every shot once, in batches of 3 or 4 with at most 4 allowed; epochs differ; a seed
    /// repeats them.
    #[test]
    fn epochs() {
        let minibatches = Minibatches { shots: 4 };
        assert_eq!(minibatches.per_epoch(11), 3);
        let epoch = |e: usize| -> Vec<Vec<usize>> {
            (3 * e..3 * e + 3).map(|i| minibatches.batch(i, 11, 5)).collect()
        };
        for e in 0..4 {
            let batches = epoch(e);
            assert!(batches.iter().all(|b| b.len() == 3 || b.len() == 4));
            let mut all = batches.concat();
            all.sort_unstable();
            assert_eq!(all, (0..11).collect::<Vec<_>>());
            assert_eq!(batches, epoch(e));
            assert_ne!(batches, epoch(e + 1));
        }
        assert_eq!(Minibatches { shots: 100 }.batch(7, 3, 1), [0, 1, 2]);
    }
}
