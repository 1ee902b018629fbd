//! Sums over shots or frequencies that ranks and threads share.

use std::ops::Range;

use ranks::Transport;
use rayon::prelude::*;

use crate::inversion_error::InversionError;

/// Items that ranks share: what one is, such as `shot`, and their numbers from 1, for messages.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    what: &'static str,
    numbers: Vec<usize>,
}

impl Named {
    /// Items by their places in a list.
    pub(crate) fn new(what: &'static str, places: impl IntoIterator<Item = usize>) -> Self {
        Self { what, numbers: places.into_iter().map(|place| place + 1).collect() }
    }

    /// Notes that ranks share these items from now on.
    pub(crate) fn share(self) {
        ranks::share(self.what, self.numbers);
    }
}

/// The error of an item.
struct OfItem {
    item: String,
    error: InversionError,
}

impl std::fmt::Display for OfItem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.item, self.error)
    }
}

impl OfItem {
    fn class(&self) -> u8 {
        u8::from(self.error.is_impossible_medium())
    }
}

impl From<ranks::Fault<OfItem>> for InversionError {
    fn from(fault: ranks::Fault<OfItem>) -> Self {
        match fault {
            ranks::Fault::Own(own) => own.error,
            ranks::Fault::Elsewhere(ranks::Elsewhere { rank, message, class }) => {
                Self::Elsewhere { rank: ranks::name(rank), message, impossible_medium: class == 1 }
            }
        }
    }
}

/// Which of these items this rank computes.
pub(crate) fn range(items: usize) -> Range<usize> {
    ranks::own(ranks::rank(), ranks::count(), items)
}

/// The items of a range, `at_a_time` of them at a time; their answers are given on in their order.
fn compute<S: Sync>(
    items: &[S],
    range: Range<usize>,
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
    add: &mut dyn FnMut(Vec<f64>),
) -> Result<(), OfItem> {
    let places: Vec<usize> = range.collect();
    for some in places.chunks(at_a_time.max(1)) {
        let answers: Vec<Result<Vec<f64>, InversionError>> =
            some.par_iter().map(|place| one(&items[*place])).collect();
        for (place, answer) in some.iter().zip(answers) {
            add(answer.map_err(|error| OfItem { item: ranks::item(*place), error })?);
        }
    }
    Ok(())
}

/// The sum of what items contribute, each a list of the same length: every rank computes its own items, `at_a_time` of them at a time,
/// and all get the same total, to the bit for any number of ranks and threads. Empty without items.
///
/// # Errors
/// That of the lowest item that had one; on other ranks [`InversionError::Elsewhere`].
pub(crate) fn sum<S: Sync>(
    named: Named,
    items: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
) -> Result<Vec<f64>, InversionError> {
    sum_over(ranks::world(), named, items, at_a_time, one)
}

/// [`sum`] over these ranks: over all of them, or over this one alone, which then computes all items.
///
/// # Errors
/// As [`sum`].
pub(crate) fn sum_over<S: Sync>(
    world: &dyn Transport,
    named: Named,
    items: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
) -> Result<Vec<f64>, InversionError> {
    named.share();
    let work = |range, add: &mut dyn FnMut(Vec<f64>)| compute(items, range, at_a_time, one, add);
    Ok(ranks::sum_over(world, items.len(), OfItem::class, work)?)
}

/// What items have, each a list of any length, in their order on every rank: every rank computes its own items, `at_a_time` of them at
/// a time.
///
/// # Errors
/// As [`sum`].
pub(crate) fn collect<S: Sync>(
    named: Named,
    items: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<Vec<f64>, InversionError> + Sync,
) -> Result<Vec<Vec<f64>>, InversionError> {
    named.share();
    let work = |range, add: &mut dyn FnMut(Vec<f64>)| compute(items, range, at_a_time, one, add);
    Ok(ranks::collect_over(ranks::world(), items.len(), OfItem::class, work)?)
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
            Err(InversionError::Elsewhere { rank: ranks::name(rank), message, impossible_medium: false })
        }
    }
}
