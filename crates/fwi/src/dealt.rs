//! Sums over shots or frequencies that ranks and threads share.

use std::ops::Range;

use ranks::{Team, Transport};
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

    /// The error of an item by its place.
    fn of(&self, place: usize, error: InversionError) -> OfItem {
        let number = self.numbers.get(place).map_or(0, |number| *number);
        OfItem { item: format!("{} {number}", self.what), error }
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

/// The error of one of these ranks.
fn fault_of(world: &dyn Transport, fault: ranks::Fault<OfItem>) -> InversionError {
    match fault {
        ranks::Fault::Own(own) => own.error,
        ranks::Fault::Elsewhere(ranks::Elsewhere { rank, message, class }) => {
            let rank = ranks::name(world.number(rank));
            InversionError::Elsewhere { rank, message, impossible_medium: class == 1 }
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
    ranks::sum_over(world, items.len(), OfItem::class, work).map_err(|fault| fault_of(world, fault))
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
    let world = ranks::world();
    ranks::collect_over(world, items.len(), OfItem::class, work).map_err(|fault| fault_of(world, fault))
}

/// The sum over the items of more ranks than items: the ranks of a team compute each item together, by `one` with its place.
///
/// # Errors
/// As [`sum`].
pub(crate) fn sum_of_teams(
    world: &dyn Transport,
    named: Named,
    one: impl Fn(&Team, usize) -> Result<Vec<f64>, InversionError>,
) -> Result<Vec<f64>, InversionError> {
    let (here, count, items) = (world.rank(), world.count(), named.numbers.len());
    let item = (0..items).find(|item| ranks::team_of(*item, items, count).contains(&here));
    let team = item.map(|item| (item, Team::new(world, ranks::team_of(item, items, count))));
    ranks::share_in_teams(named.what, named.numbers);
    let found = team.map(|(item, team)| one(&team, item));
    // The first rank of a team adds what all of them have.
    let work = |range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| match found {
        Some(Err(error)) => Err(OfItem { item: item.map_or_else(String::new, ranks::item), error }),
        Some(Ok(numbers)) if !range.is_empty() => {
            add(numbers);
            Ok(())
        }
        _ => Ok(()),
    };
    ranks::sum_over(world, items, OfItem::class, work).map_err(|fault| fault_of(world, fault))
}

/// [`collect`] by these ranks, one item after the other by its place.
///
/// # Errors
/// As [`sum`].
pub(crate) fn collect_in_turn(
    world: &dyn Transport,
    named: &Named,
    mut one: impl FnMut(usize, &mut dyn FnMut(Vec<f64>)) -> Result<(), InversionError>,
) -> Result<Vec<Vec<f64>>, InversionError> {
    let items = named.numbers.len();
    let work = |mut range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| {
        range.try_for_each(|place| one(place, add).map_err(|error| named.of(place, error)))
    };
    ranks::collect_over(world, items, OfItem::class, work).map_err(|fault| fault_of(world, fault))
}

/// [`sum`] by these ranks, one item after the other by its place.
///
/// # Errors
/// As [`sum`].
pub(crate) fn sum_in_turn(
    world: &dyn Transport,
    named: &Named,
    mut one: impl FnMut(usize, &mut dyn FnMut(Vec<f64>)) -> Result<(), InversionError>,
) -> Result<Vec<f64>, InversionError> {
    let items = named.numbers.len();
    let work = |mut range: Range<usize>, add: &mut dyn FnMut(Vec<f64>)| {
        range.try_for_each(|place| one(place, add).map_err(|error| named.of(place, error)))
    };
    ranks::sum_over(world, items, OfItem::class, work).map_err(|fault| fault_of(world, fault))
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
