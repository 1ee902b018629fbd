//! Sums over items that ranks share, added along a binary tree.
//!
//! The tree depends on the number of items alone, and so does the order of all additions: the total is the same to the bit for any
//! number of ranks. Each rank adds the subtrees within its own items. Then each rank adds a part of the numbers of all subtrees, and
//! sends the total of its part to the others, so that none of them receives or sends much more than the others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::fault::{Fault, agreed};
use crate::transport::{Transport, partners};
use crate::tree::{Node, Subtrees, added, own, within};

/// The numbers of a list that a rank adds.
fn part(rank: usize, count: usize, length: usize) -> Range<usize> {
    rank * length / count..(rank + 1) * length / count
}

/// How much each of `count` ranks sends and receives for a sum over items, in units of the list that is summed.
#[must_use]
pub fn traffic(count: usize, items: usize) -> Vec<[f64; 2]> {
    let lists: Vec<usize> = (0..count).map(|rank| within(&own(rank, count, items), items).len()).collect();
    let all: usize = lists.iter().sum();
    let others = (count - 1) as f64;
    let of = |own: usize| [(own + 1) as f64 * others, (all - own) as f64 + others].map(|v| v / count as f64);
    lists.into_iter().map(of).collect()
}

/// The sum below a node that has items.
fn below(node: Node, items: usize, parts: &mut BTreeMap<Node, Vec<f64>>) -> Vec<f64> {
    if let Some(sum) = parts.remove(&node) {
        return sum;
    }
    let [left, right] = node.halves();
    match [left, right].map(|half| half.leaves(items).is_empty()) {
        [true, _] => below(right, items, parts),
        [_, true] => below(left, items, parts),
        _ => added(below(left, items, parts), &below(right, items, parts)),
    }
}

/// The total of the subtrees of all ranks, each a list of `length` numbers.
fn total(world: &dyn Transport, items: usize, subtrees: &Subtrees, length: usize) -> Vec<f64> {
    let (here, count) = (world.rank(), world.count());
    let part = |rank: usize| part(rank, count, length);
    let mine = part(here);
    let mut parts: BTreeMap<Node, Vec<f64>> =
        subtrees.nodes.iter().map(|(node, values)| (*node, values[mine.clone()].to_vec())).collect();
    for (to, from) in partners(here, count) {
        let theirs = part(to);
        let outgoing: Vec<f64> =
            subtrees.nodes.iter().flat_map(|(_, values)| &values[theirs.clone()]).copied().collect();
        let nodes = within(&own(from, count, items), items);
        let mut incoming = world.exchange(to, &outgoing, from, nodes.len() * mine.len());
        for node in nodes.into_iter().rev() {
            parts.insert(node, incoming.split_off(incoming.len() - mine.len()));
        }
    }
    let sum = below(Node::ROOT, items, &mut parts);
    let mut total = vec![0.0; length];
    for (to, from) in partners(here, count) {
        let theirs = part(from);
        total[theirs.clone()].copy_from_slice(&world.exchange(to, &sum, from, theirs.len()));
    }
    total[mine].copy_from_slice(&sum);
    total
}

/// The sum of what `items` items contribute, the same to the bit on every rank and for any number of ranks.
///
/// `compute` computes the contributions of the items of this rank, and gives them on in their order; each has the same number of
/// values. `class` says something about an error for the other ranks to act upon. Without items the sum is empty.
///
/// # Errors
/// [`Fault`], the same on every rank: the error of the lowest item that had one.
pub fn sum_over<E: std::fmt::Display>(
    world: &dyn Transport,
    items: usize,
    class: impl Fn(&E) -> u8,
    compute: impl FnOnce(Range<usize>, &mut dyn FnMut(Vec<f64>)) -> Result<(), E>,
) -> Result<Vec<f64>, Fault<E>> {
    if items == 0 {
        return Ok(Vec::new());
    }
    let range = own(world.rank(), world.count(), items);
    let mut subtrees = Subtrees::new(items, range.start);
    let computed = compute(range, &mut |values| subtrees.push(values));
    if world.count() == 1 {
        computed.map_err(Fault::Own)?;
        return Ok(subtrees.nodes.pop().map_or_else(Vec::new, |(_, sum)| sum));
    }
    let own = subtrees.nodes.first().map_or(0, |(_, values)| values.len());
    let length = agreed(world, computed.map(|()| own), class)?;
    Ok(total(world, items, &subtrees, length))
}

#[cfg(test)]
mod tests;
