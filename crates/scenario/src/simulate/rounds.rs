//! The shots or frequencies of a simulation: ranks compute them together, and rank 0 keeps what was recorded.

use std::ops::Range;

use fwi::interruption;
use ranks::Transport;
use rayon::prelude::*;

use crate::agreed::agreed;
use crate::error::FwiError;

/// How items are computed.
pub(super) struct Rounds<'a> {
    /// All ranks, or this one alone.
    pub(super) world: &'a dyn Transport,
    /// What an item is, such as `shot`.
    pub(super) what: &'static str,
    /// How many items each rank computes at a time; that of rank 0 counts, because ranks may have other numbers of threads.
    pub(super) at_a_time: usize,
    /// The error if the run is asked to end, after so many items.
    pub(super) interrupted: &'a dyn Fn(usize) -> FwiError,
}

impl Rounds<'_> {
    fn agreed<T>(&self, own: Result<T, FwiError>) -> Result<T, FwiError> {
        if self.world.count() > 1 { agreed(own) } else { own }
    }

    /// Computes items in rounds, and gives them in their order to `keep` on rank 0. The range of rank 0 counts.
    ///
    /// # Errors
    /// Those of `compute` and `keep`; [`FwiError::Elsewhere`] for that of another rank; [`FwiError::Interrupted`].
    pub(super) fn run(
        &self,
        items: Range<usize>,
        compute: impl Fn(usize) -> Result<Vec<f64>, FwiError> + Sync,
        mut keep: impl FnMut(usize, Vec<f64>) -> Result<(), FwiError>,
    ) -> Result<(), FwiError> {
        let world = self.world;
        let mut message: Vec<f64> = [items.start, items.end, self.at_a_time].map(|n| n as f64).to_vec();
        world.broadcast(&mut message);
        let [start, end, at_a_time] = [0, 1, 2].map(|k| message.get(k).map_or(0, |n| *n as usize));
        let at_a_time = at_a_time.max(1);
        let mut kept = Ok(());
        for first in (start..end).step_by(world.count() * at_a_time) {
            self.agreed(std::mem::replace(&mut kept, Ok(())))?;
            if world.count() > 1 {
                interruption::share();
            }
            if interruption::interrupted() {
                return Err((self.interrupted)(first));
            }
            let round = (world.count() * at_a_time).min(end - first);
            let of = |rank: usize| {
                let own = ranks::own(rank, world.count(), round);
                first + own.start..first + own.end
            };
            ranks::share(self.what, (first + 1..=first + round).collect());
            let computed: Vec<Result<Vec<f64>, FwiError>> =
                of(world.rank()).into_par_iter().map(&compute).collect();
            let lists = self.agreed(computed.into_iter().collect::<Result<Vec<_>, _>>())?;
            if world.rank() != 0 {
                lists.iter().for_each(|list| world.send(0, list));
                continue;
            }
            let others = (1..world.count()).flat_map(|rank| of(rank).map(move |_| world.receive(rank)));
            for (item, list) in (first..).zip(lists.into_iter().chain(others)) {
                // What others send is received even if it can no longer be kept.
                if kept.is_ok() {
                    kept = keep(item, list);
                }
            }
        }
        self.agreed(kept)
    }
}
