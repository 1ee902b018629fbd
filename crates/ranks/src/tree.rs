//! Sums over items that ranks share, added along a binary tree.
//!
//! The items 0, 1, 2, ... are the leaves, a node adds its two halves, and the tree depends on the number of items alone. So does the
//! order of all additions: the total is the same to the bit for any number of ranks. Each rank adds the subtrees within its own
//! items and sends one list of numbers for each, not one for each item.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::transport::Transport;

/// An error on another rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The rank.
    pub rank: usize,
    /// Its message.
    pub message: String,
    /// What the rank says about the error.
    pub class: u8,
}

/// Why there is no sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault<E> {
    /// An error of this rank.
    Own(E),
    /// An error of another rank.
    Elsewhere(Elsewhere),
}

/// The items of a rank: as many as those of the others, or one more or less.
#[must_use]
pub fn own(rank: usize, count: usize, items: usize) -> Range<usize> {
    let from = |rank: usize| (rank * items).div_ceil(count);
    from(rank)..from(rank + 1)
}

/// A node of the tree: it holds the items `index << level` to `(index + 1) << level`, as far as there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    level: u32,
    index: usize,
}

impl Node {
    fn root(items: usize) -> Self {
        Self { level: items.next_power_of_two().trailing_zeros(), index: 0 }
    }

    fn leaves(self, items: usize) -> Range<usize> {
        let from = |index: usize| (index << self.level).min(items);
        from(self.index)..from(self.index + 1)
    }

    fn parent(self) -> Self {
        Self { level: self.level + 1, index: self.index / 2 }
    }

    fn halves(self) -> [Self; 2] {
        [0, 1].map(|half| Self { level: self.level - 1, index: 2 * self.index + half })
    }
}

/// Adds the contributions of consecutive items as far as the tree goes within them.
struct Subtrees {
    items: usize,
    next: usize,
    /// From left to right.
    nodes: Vec<(Node, Vec<f64>)>,
}

impl Subtrees {
    fn push(&mut self, values: Vec<f64>) {
        let (mut node, mut values) = (Node { level: 0, index: self.next }, values);
        self.next += 1;
        let root = Node::root(self.items);
        while node != root {
            let [left, right] = node.parent().halves();
            if node == right {
                // Only the last node can be the other half.
                let Some((_, sum)) = self.nodes.pop_if(|(last, _)| *last == left) else { break };
                values = added(sum, &values);
            } else if !right.leaves(self.items).is_empty() {
                break;
            }
            node = node.parent();
        }
        self.nodes.push((node, values));
    }
}

fn added(mut sum: Vec<f64>, values: &[f64]) -> Vec<f64> {
    debug_assert_eq!(sum.len(), values.len(), "all contributions have the same length");
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    sum
}

/// A sum, or the error that is there instead of it.
type Part = Result<Vec<f64>, Elsewhere>;

/// A part as a message: the sum and 0 at its end; or the message, the class, the rank, and 1.
fn message(part: Part) -> Vec<f64> {
    match part {
        Ok(mut sum) => {
            sum.push(0.0);
            sum
        }
        Err(Elsewhere { rank, message, class }) => {
            let letters = message.bytes().map(f64::from);
            letters.chain([f64::from(class), rank as f64, 1.0]).collect()
        }
    }
}

fn part(mut message: Vec<f64>) -> Part {
    if message.pop() == Some(0.0) {
        return Ok(message);
    }
    let rank = message.pop().unwrap_or(0.0) as usize;
    let class = message.pop().unwrap_or(0.0) as u8;
    let letters: Vec<u8> = message.into_iter().map(|letter| letter as u8).collect();
    Err(Elsewhere { rank, message: String::from_utf8_lossy(&letters).into_owned(), class })
}

/// How many lists each of `count` ranks sends and receives for a sum over items, before the total is sent to all.
#[must_use]
pub fn traffic(count: usize, items: usize) -> Vec<[usize; 2]> {
    /// The traffic below a node, and the rank that has its sum.
    fn below(node: Node, items: usize, owner: &dyn Fn(usize) -> usize, lists: &mut [[usize; 2]]) {
        let leaves = node.leaves(items);
        let first = owner(leaves.start);
        if first == owner(leaves.end - 1) {
            return;
        }
        let [left, right] = node.halves();
        below(left, items, owner, lists);
        if right.leaves(items).is_empty() {
            return;
        }
        below(right, items, owner, lists);
        let from = owner(right.leaves(items).start);
        if from != first {
            lists[from][0] += 1;
            lists[first][1] += 1;
        }
    }
    let mut lists = vec![[0; 2]; count];
    if items > 0 {
        let owner = |item: usize| {
            (0..count).find(|rank| own(*rank, count, items).contains(&item)).unwrap_or(count - 1)
        };
        below(Node::root(items), items, &owner, &mut lists);
    }
    lists
}

/// The parts of all ranks, added up.
struct Exchange<'a> {
    world: &'a dyn Transport,
    items: usize,
    own: Result<BTreeMap<Node, Vec<f64>>, Elsewhere>,
}

impl Exchange<'_> {
    fn owner(&self, item: usize) -> usize {
        let count = self.world.count();
        // The inverse of `own`.
        (item * count / self.items..count)
            .find(|rank| own(*rank, count, self.items).contains(&item))
            .unwrap_or(count - 1)
    }

    /// The part of a node on the rank that has its first item; `None` on the others.
    fn gather(&mut self, node: Node) -> Option<Part> {
        let leaves = node.leaves(self.items);
        let (first, last) = (self.owner(leaves.start), self.owner(leaves.end - 1));
        let here = self.world.rank();
        if first == last {
            let taken = || match &mut self.own {
                Ok(nodes) => Ok(nodes.remove(&node).unwrap_or_default()),
                Err(error) => Err(error.clone()),
            };
            return (here == first).then(taken);
        }
        let [left, right] = node.halves();
        let sum = self.gather(left);
        if right.leaves(self.items).is_empty() {
            return sum;
        }
        let more = self.gather(right);
        let from = self.owner(right.leaves(self.items).start);
        let more = match (from == first, here) {
            (true, _) => more,
            (false, here) if here == from => {
                self.world.send(first, &message(more?));
                return None;
            }
            (false, here) if here == first => Some(part(self.world.receive(from))),
            _ => return None,
        };
        let more = more?;
        Some(sum?.and_then(|sum| Ok(added(sum, &more?))))
    }
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
    let (rank, count) = (world.rank(), world.count());
    let range = own(rank, count, items);
    let mut subtrees = Subtrees { items, next: range.start, nodes: Vec::new() };
    let computed = compute(range, &mut |values| subtrees.push(values));
    if count == 1 {
        computed.map_err(Fault::Own)?;
        return Ok(subtrees.nodes.pop().map_or_else(Vec::new, |(_, sum)| sum));
    }
    let own = match &computed {
        Ok(()) => Ok(subtrees.nodes.into_iter().collect()),
        Err(error) => Err(Elsewhere { rank, message: error.to_string(), class: class(error) }),
    };
    let total = Exchange { world, items, own }.gather(Node::root(items));
    let mut total = total.map_or_else(Vec::new, message);
    world.broadcast(&mut total);
    match (part(total), computed) {
        (Ok(sum), _) => Ok(sum),
        (Err(error), Err(own)) if error.rank == rank => Err(Fault::Own(own)),
        (Err(error), _) => Err(Fault::Elsewhere(error)),
    }
}

#[cfg(test)]
mod tests;
