//! The order of the traces of a shot along the spread, and the traces beside each.

use rayon::prelude::*;

use crate::median::median;

/// Traces of a shot that can be compared, in the order of their receivers.
#[derive(Debug, Clone)]
pub(super) struct Neighbours {
    /// The traces in order.
    order: Vec<usize>,
}

impl Neighbours {
    /// The traces that are alive, in the order of a position along the spread.
    pub(super) fn new(along: &[f64], alive: impl Fn(usize) -> bool) -> Self {
        let mut order: Vec<usize> = (0..along.len()).filter(|k| alive(*k)).collect();
        order.sort_by(|a, b| along[*a].total_cmp(&along[*b]));
        Self { order }
    }

    /// Each trace with up to `reach` traces before and after it.
    pub(super) fn each(&self, reach: usize) -> impl Iterator<Item = (usize, &[usize], &[usize])> {
        self.order.iter().enumerate().map(move |(place, trace)| self.at(place, *trace, reach))
    }

    /// The same in parallel, in the same order.
    pub(super) fn each_at_once(
        &self,
        reach: usize,
    ) -> impl IndexedParallelIterator<Item = (usize, &[usize], &[usize])> {
        self.order.par_iter().enumerate().map(move |(place, trace)| self.at(place, *trace, reach))
    }

    /// The trace at a place of the order, with those before and after it.
    fn at(&self, place: usize, trace: usize, reach: usize) -> (usize, &[usize], &[usize]) {
        let before = &self.order[place.saturating_sub(reach)..place];
        let after = &self.order[place + 1..(place + 1 + reach).min(self.order.len())];
        (trace, before, after)
    }
}

/// The median of the values of some traces that have one; `None` for fewer than two.
pub(super) fn median_of(traces: &[usize], value: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let found: Vec<f64> = traces.iter().filter_map(|k| value(*k)).collect();
    (found.len() >= 2).then(|| median(found))
}
