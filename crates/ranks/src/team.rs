//! Some of the ranks, which share one item of all.

use std::ops::Range;

use crate::transport::Transport;

/// The ranks that share an item, if there are more ranks than items: as many as those of the others, or one more or less. The first of
/// them is the rank that has the item by [`crate::own`].
#[must_use]
pub fn team_of(item: usize, items: usize, count: usize) -> Range<usize> {
    item * count / items..(item + 1) * count / items
}

/// Consecutive ranks as ranks of their own.
#[derive(Clone)]
pub struct Team<'a> {
    world: &'a dyn Transport,
    ranks: Range<usize>,
}

impl<'a> Team<'a> {
    /// These ranks, of which this one has to be one.
    #[must_use]
    pub fn new(world: &'a dyn Transport, ranks: Range<usize>) -> Self {
        debug_assert!(ranks.contains(&world.rank()), "this rank belongs to its team");
        Self { world, ranks }
    }
}

impl Transport for Team<'_> {
    fn rank(&self) -> usize {
        self.world.rank() - self.ranks.start
    }

    fn count(&self) -> usize {
        self.ranks.len()
    }

    fn number(&self, rank: usize) -> usize {
        self.world.number(self.ranks.start + rank)
    }

    fn send(&self, to: usize, numbers: &[f64]) {
        self.world.send(self.ranks.start + to, numbers);
    }

    fn receive(&self, from: usize) -> Vec<f64> {
        self.world.receive(self.ranks.start + from)
    }

    fn exchange(&self, to: usize, numbers: &[f64], from: usize, expected: usize) -> Vec<f64> {
        self.world.exchange(self.ranks.start + to, numbers, self.ranks.start + from, expected)
    }

    fn broadcast(&self, numbers: &mut Vec<f64>) {
        if self.rank() == 0 {
            (1..self.count()).for_each(|to| self.send(to, numbers));
        } else {
            *numbers = self.receive(0);
        }
    }

    fn largest(&self, value: usize) -> usize {
        // Exact: lengths and numbers of ranks are far below 2^53.
        let mut largest = vec![value as f64];
        if self.rank() == 0 {
            for from in 1..self.count() {
                largest[0] = self.receive(from).iter().copied().fold(largest[0], f64::max);
            }
        } else {
            self.send(0, &largest);
        }
        self.broadcast(&mut largest);
        largest.first().map_or(value, |largest| *largest as usize)
    }

    fn abort(&self, code: i32) -> ! {
        self.world.abort(code)
    }
}
