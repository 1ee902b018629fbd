//! Steps that go through the planes together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::plan::{Unit, lags};

/// The list and the phase of each step of a block.
pub(super) type Key = Vec<(usize, usize)>;

/// By how much the units of a block stay behind the first.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) lags: Vec<usize>,
    /// The first unit of each thread, and the number of units.
    pub(super) shares: Vec<usize>,
    /// The most planes away that a unit reads.
    pub(super) reach: usize,
}

/// The blocks that have been executed.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<Key, Arc<Block>>>);

impl Known {
    /// The block of some units, which `threads` divide among them.
    pub(super) fn block<'a>(
        &self,
        key: Key,
        units: impl Iterator<Item = &'a Unit>,
        threads: usize,
    ) -> Arc<Block> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let units: Vec<&Unit> = units.collect();
            let reach = units.iter().flat_map(|unit| &unit.reads).map(|(_, reach)| *reach).max();
            let costs: Vec<usize> = units.iter().map(|unit| unit.cost()).collect();
            Arc::new(Block { lags: lags(&units), shares: shares(&costs, threads), reach: reach.unwrap_or(0) })
        };
        known.entry(key).or_insert_with(make).clone()
    }
}

/// Divides units, in their order, among threads by their costs: the first unit of each thread, and the number of units.
fn shares(costs: &[usize], threads: usize) -> Vec<usize> {
    let total: usize = costs.iter().sum();
    let mut firsts = vec![0];
    let mut sum = 0;
    for (unit, cost) in costs.iter().enumerate() {
        // A unit belongs to the thread in whose part its middle lies.
        while firsts.len() < threads && (2 * sum + cost) * threads >= 2 * total * firsts.len() {
            firsts.push(unit);
        }
        sum += cost;
    }
    firsts.resize(threads, costs.len());
    firsts.push(costs.len());
    firsts
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn units_are_divided_by_their_costs() {
        assert_eq!(shares(&[5, 5, 5, 5], 2), [0, 2, 4]);
        assert_eq!(shares(&[0, 9, 0, 0, 9, 0], 2), [0, 2, 6]);
        assert_eq!(shares(&[1, 1, 1, 9], 2), [0, 3, 4]);
        assert_eq!(shares(&[7], 3), [0, 0, 1, 1]);
        assert_eq!(shares(&[], 2), [0, 0, 0]);
    }
}
