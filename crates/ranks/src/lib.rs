//! Processes that work on one run, called ranks: sums along a tree, agreement, and messages over MPI.
//!
//! Every rank does the same work on the same numbers, but for the items (shots, frequencies) of a sum: each rank computes its own
//! items, and [`sum_over`] gives all of them the same total, to the bit, however many ranks there are. Rank 0 writes files and decides
//! when to stop; the others follow.

mod collect;
mod counted;
mod fault;
mod launch;
#[cfg(feature = "mpi")]
mod message_passing;
mod roll;
mod sum;
mod team;
mod transport;
mod tree;

use std::sync::OnceLock;

pub use collect::collect_over;
pub use counted::{Counted, exchanged};
pub use fault::{Elsewhere, Fault};
pub use launch::{Launched, launched};
pub use roll::{deaths, item, name, share, share_in_teams, work_of};
pub use sum::{sum_over, traffic};
pub use team::{Team, team_of};
pub use transport::{Alone, Transport};
pub use tree::own;

static WORLD: OnceLock<Box<dyn Transport>> = OnceLock::new();

/// Whether this program can exchange messages with other processes.
pub const AVAILABLE: bool = cfg!(feature = "mpi");

/// All ranks of this run.
#[must_use]
pub fn world() -> &'static dyn Transport {
    WORLD.get().map_or(&Alone, |world| &**world)
}

/// The number of this rank, from 0.
#[must_use]
pub fn rank() -> usize {
    world().rank()
}

/// How many ranks there are.
#[must_use]
pub fn count() -> usize {
    world().count()
}

/// Whether this rank writes files and reports progress.
#[must_use]
pub fn leads() -> bool {
    rank() == 0
}

/// Joins the other ranks of the run. Keep what it returns until the program ends.
#[must_use]
pub fn join() -> Joined {
    #[cfg(feature = "mpi")]
    if let Some((world, universe)) = message_passing::join() {
        // A second call changes nothing.
        let _ = WORLD.set(Box::new(Counted(world)));
        roll::call(self::world(), &message_passing::host());
        return Joined { _universe: Some(universe) };
    }
    Joined {
        #[cfg(feature = "mpi")]
        _universe: None,
    }
}

/// Membership in the run; it ends in good order when this is dropped.
pub struct Joined {
    #[cfg(feature = "mpi")]
    _universe: Option<message_passing::Membership>,
}

/// The first rank for which `fine` is false, the same on every rank; `None` if there is none.
#[must_use]
pub fn first_without(fine: bool) -> Option<usize> {
    let world = world();
    let count = world.count();
    // Larger for smaller ranks.
    let largest = world.largest(if fine { 0 } else { count - world.rank() });
    (largest > 0).then(|| count - largest)
}
