//! What ranks compute for items, on all of them.

use std::ops::Range;

use crate::fault::{Fault, agreed};
use crate::transport::{Transport, partners};
use crate::tree::own;

/// What `items` items have, each a list of any length, in their order on every rank.
///
/// `compute` computes the lists of the items of this rank, and gives them on in their order. `class` says something about an error for
/// the other ranks to act upon.
///
/// # Errors
/// [`Fault`], the same on every rank: the error of the lowest item that had one.
pub fn collect_over<E: std::fmt::Display>(
    world: &dyn Transport,
    items: usize,
    class: impl Fn(&E) -> u8,
    compute: impl FnOnce(Range<usize>, &mut dyn FnMut(Vec<f64>)) -> Result<(), E>,
) -> Result<Vec<Vec<f64>>, Fault<E>> {
    let (here, count) = (world.rank(), world.count());
    let mut lists = Vec::new();
    let computed = compute(own(here, count, items), &mut |list| lists.push(list));
    if count == 1 {
        return computed.map(|()| lists).map_err(Fault::Own);
    }
    agreed(world, computed.map(|()| 0), class)?;
    // The lengths of the lists, then their numbers.
    let lengths: Vec<f64> = lists.iter().map(|list| list.len() as f64).collect();
    let numbers = lists.concat();
    let mut all: Vec<Vec<Vec<f64>>> = vec![Vec::new(); count];
    for (to, from) in partners(here, count) {
        let lengths = world.exchange(to, &lengths, from, own(from, count, items).len());
        let expected = lengths.iter().sum::<f64>() as usize;
        let mut incoming = world.exchange(to, &numbers, from, expected);
        for length in lengths.iter().rev() {
            all[from].push(incoming.split_off(incoming.len() - *length as usize));
        }
        all[from].reverse();
    }
    all[here] = lists;
    Ok(all.concat())
}
