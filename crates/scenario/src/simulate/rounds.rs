//! The shots of a simulation: all ranks compute, and rank 0 keeps what they recorded.

use fwi::interruption;
use rayon::prelude::*;

use super::progress::interrupted;
use crate::agreed::agreed;
use crate::error::FwiError;

/// Computes shots in rounds, `at_a_time` of them on each rank (that of rank 0 counts), and gives them in their order to `keep` on rank 0.
///
/// # Errors
/// Those of `compute` and `keep`; [`FwiError::Elsewhere`] for that of another rank; [`FwiError::Interrupted`].
pub(super) fn in_rounds(
    shots: usize,
    at_a_time: usize,
    compute: impl Fn(usize) -> Result<Vec<f64>, FwiError> + Sync,
    mut keep: impl FnMut(usize, Vec<f64>) -> Result<(), FwiError>,
) -> Result<(), FwiError> {
    let world = ranks::world();
    // Ranks may have other numbers of threads.
    let mut message = vec![at_a_time as f64];
    world.broadcast(&mut message);
    let at_a_time = message.first().map_or(1, |count| *count as usize).max(1);
    let mut kept = Ok(());
    for first in (0..shots).step_by(world.count() * at_a_time) {
        agreed(std::mem::replace(&mut kept, Ok(())))?;
        interruption::share();
        if interruption::interrupted() {
            return Err(interrupted("it begins anew"));
        }
        let of = |rank: usize| {
            let from = (first + rank * at_a_time).min(shots);
            from..(from + at_a_time).min(shots)
        };
        let computed: Vec<Result<Vec<f64>, FwiError>> =
            of(world.rank()).into_par_iter().map(&compute).collect();
        let gathers = agreed(computed.into_iter().collect::<Result<Vec<_>, _>>())?;
        if !ranks::leads() {
            gathers.iter().for_each(|gather| world.send(0, gather));
            continue;
        }
        let others = (1..world.count()).flat_map(|rank| of(rank).map(move |_| world.receive(rank)));
        for (shot, gather) in (first..).zip(gathers.into_iter().chain(others)) {
            // What others send is received even if it can no longer be kept.
            if kept.is_ok() {
                kept = keep(shot, gather);
            }
        }
    }
    agreed(kept)
}
