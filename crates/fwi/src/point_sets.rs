//! Which set of collocation points per iteration uses.

use std::sync::Arc;

/// Sets of points: a pool used in turn, or new sets, each for as many steps as the optimiser needs the objective to
/// be the same function.
pub struct PointSets<B> {
    pool: Vec<Arc<B>>,
    hold: usize,
    /// The current set, if there is no pool.
    held: Option<Arc<B>>,
}

impl<B> PointSets<B> {
    /// No sets yet; each will be kept for `hold` steps.
    pub fn new(hold: usize) -> Self {
        Self { pool: Vec::new(), hold, held: None }
    }

    /// Adds a set to the pool.
    pub fn add(&mut self, set: B) {
        self.pool.push(Arc::new(set));
    }

    /// Whether a step is the first on its set.
    pub fn is_fresh(&self, step: usize) -> bool {
        step.is_multiple_of(self.hold)
    }

    /// The first step on the set of a step.
    pub(crate) fn first_on_set(&self, step: usize) -> usize {
        step / self.hold * self.hold
    }

    /// The set of a step; `None` if a new one must be drawn and passed to [`PointSets::keep`].
    pub fn at(&self, step: usize) -> Option<Arc<B>> {
        match self.pool.len() {
            0 if self.is_fresh(step) => None,
            0 => self.held.clone(),
            sets => Some(Arc::clone(&self.pool[step / self.hold % sets])),
        }
    }

    /// Stores a new set for this step and the following ones that use it.
    pub fn keep(&mut self, set: B) -> Arc<B> {
        let set = Arc::new(set);
        self.held = Some(Arc::clone(&set));
        set
    }

    /// Whether the set of a step is new and used by no other step.
    pub fn is_for_one(&self, step: usize) -> bool {
        self.hold == 1 && self.at(step).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets of a pool are used in turn, new sets are requested, and both stay for as long as they are held.
    #[test]
    fn sets_take_turns() {
        let mut pool = PointSets::new(2);
        (0..3).for_each(|set| pool.add(set));
        let turns: Vec<i32> = (0..8).map(|step| *pool.at(step).unwrap()).collect();
        assert_eq!(turns, [0, 0, 1, 1, 2, 2, 0, 0]);
        let mut new = PointSets::new(3);
        let mut drawn = Vec::new();
        for step in 0..7 {
            let set = new.at(step).unwrap_or_else(|| new.keep(step));
            drawn.push(*set);
        }
        assert_eq!(drawn, [0, 0, 0, 3, 3, 3, 6]);
        assert!([0, 3].iter().all(|step| new.is_fresh(*step)) && !new.is_fresh(4));
        assert_eq!([0, 2, 3, 5].map(|step| new.first_on_set(step)), [0, 0, 3, 3]);
    }
}
