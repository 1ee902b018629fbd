//! The tree along which contributions are added.
//!
//! The items 0, 1, 2, ... are the leaves, a node adds its two halves, and the tree depends on the number of items alone. The items of one
//! of 2^d ranks are those of a node.

use std::ops::Range;

/// The items of a rank: as many as those of the others, or one more or less.
#[must_use]
pub fn own(rank: usize, count: usize, items: usize) -> Range<usize> {
    let from = |rank: usize| (rank * items).div_ceil(count);
    from(rank)..from(rank + 1)
}

/// A node of the tree: at a depth d there are 2^d of them, which have as many items each, or one more or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    depth: u32,
    index: usize,
}

impl Node {
    pub(crate) const ROOT: Self = Self { depth: 0, index: 0 };

    /// The highest node that has this item alone.
    fn leaf(item: usize, items: usize) -> Self {
        let depth = items.next_power_of_two().trailing_zeros();
        Self { depth, index: (item << depth) / items }.highest(items)
    }

    /// Its items. At the depth of 2^d ranks they are those of a rank.
    pub(crate) fn leaves(self, items: usize) -> Range<usize> {
        own(self.index, 1 << self.depth, items)
    }

    fn parent(self) -> Self {
        Self { depth: self.depth - 1, index: self.index / 2 }
    }

    /// The highest node with the same items: halves without items are left out.
    fn highest(mut self, items: usize) -> Self {
        while self != Self::ROOT && self.parent().leaves(items) == self.leaves(items) {
            self = self.parent();
        }
        self
    }

    /// Its halves; one of them can be without items.
    pub(crate) fn halves(self) -> [Self; 2] {
        [0, 1].map(|half| Self { depth: self.depth + 1, index: 2 * self.index + half })
    }
}

/// The largest subtrees that lie within consecutive items, from left to right.
pub(crate) fn within(range: &Range<usize>, items: usize) -> Vec<Node> {
    fn below(node: Node, range: &Range<usize>, items: usize, found: &mut Vec<Node>) {
        let leaves = node.leaves(items);
        if leaves.is_empty() || leaves.start >= range.end || leaves.end <= range.start {
            return;
        }
        if range.start <= leaves.start && leaves.end <= range.end {
            found.push(node);
        } else {
            node.halves().into_iter().for_each(|half| below(half, range, items, found));
        }
    }
    let mut found = Vec::new();
    below(Node::ROOT, range, items, &mut found);
    found
}

/// Adds the contributions of consecutive items as far as the tree goes within them.
pub(crate) struct Subtrees {
    items: usize,
    next: usize,
    /// From left to right.
    pub(crate) nodes: Vec<(Node, Vec<f64>)>,
}

impl Subtrees {
    /// Nothing yet; the first contribution is that of the item `first`.
    pub(crate) fn new(items: usize, first: usize) -> Self {
        Self { items, next: first, nodes: Vec::new() }
    }

    pub(crate) fn push(&mut self, values: Vec<f64>) {
        let (mut node, mut values) = (Node::leaf(self.next, self.items), values);
        self.next += 1;
        while node != Node::ROOT {
            let [left, right] = node.parent().halves();
            // Only the last node can be the other half.
            let other = if node == right { self.nodes.pop_if(|(last, _)| *last == left) } else { None };
            let Some((_, sum)) = other else { break };
            values = added(sum, &values);
            node = node.parent().highest(self.items);
        }
        self.nodes.push((node, values));
    }
}

pub(crate) fn added(mut sum: Vec<f64>, values: &[f64]) -> Vec<f64> {
    debug_assert_eq!(sum.len(), values.len(), "all contributions have the same length");
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    sum
}
