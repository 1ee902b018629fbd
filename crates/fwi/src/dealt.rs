//! Sums over shots or frequencies that ranks and threads share.

use std::ops::Range;

use ranks::Transport;
use rayon::prelude::*;

use crate::inversion_error::InversionError;

/// Which of these items this rank computes.
pub(crate) fn range(items: usize) -> Range<usize> {
    ranks::own(ranks::rank(), ranks::count(), items)
}

/// The sum of what items contribute, each a list of the same length: every rank computes its own items, `at_a_time` of them at a time,
/// and all get the same total, to the bit for any number of ranks and threads. Empty without items.
///
/// # Errors
/// That of the lowest item that had one; on other ranks [`InversionError::Elsewhere`].
pub(crate) fn sum<S: Sync>(
    items: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
) -> Result<Vec<f64>, InversionError> {
    sum_over(ranks::world(), items, at_a_time, one)
}

/// [`sum`] over these ranks: over all of them, or over this one alone, which then computes all items.
///
/// # Errors
/// As [`sum`].
pub(crate) fn sum_over<S: Sync>(
    world: &dyn Transport,
    items: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
) -> Result<Vec<f64>, InversionError> {
    let class = |error: &InversionError| u8::from(error.is_impossible_medium());
    let total = ranks::sum_over(world, items.len(), class, |range, add| {
        for some in items[range].chunks(at_a_time.max(1)) {
            let answers: Vec<Result<Vec<f64>, InversionError>> = some.par_iter().map(&one).collect();
            for answer in answers {
                add(answer?);
            }
        }
        Ok(())
    });
    total.map_err(|fault| match fault {
        ranks::Fault::Own(error) => error,
        ranks::Fault::Elsewhere(ranks::Elsewhere { rank, message, class }) => {
            InversionError::Elsewhere { rank, message, impossible_medium: class == 1 }
        }
    })
}

/// Refuses what another rank could not do, so that no rank waits for one that has ended.
///
/// # Errors
/// The own error, or [`InversionError::Elsewhere`].
pub(crate) fn agreed<T>(own: Result<T, InversionError>) -> Result<T, InversionError> {
    match (ranks::first_without(own.is_ok()), own) {
        (_, Err(error)) => Err(error),
        (None, own) => own,
        (Some(rank), Ok(_)) => {
            let message = "see its own message".to_owned();
            Err(InversionError::Elsewhere { rank, message, impossible_medium: false })
        }
    }
}
