//! The tree along which contributions are added.
//!
//! The items 0, 1, 2, ... are the leaves, a node adds its two halves, and the tree depends on the number of items alone.

use std::ops::Range;

/// The items of a rank: as many as those of the others, or one more or less.
#[must_use]
pub fn own(rank: usize, count: usize, items: usize) -> Range<usize> {
    let from = |rank: usize| (rank * items).div_ceil(count);
    from(rank)..from(rank + 1)
}

/// A node of the tree: it holds the items `index << level` to `(index + 1) << level`, as far as there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    level: u32,
    index: usize,
}

impl Node {
    pub(crate) fn root(items: usize) -> Self {
        Self { level: items.next_power_of_two().trailing_zeros(), index: 0 }
    }

    pub(crate) fn leaves(self, items: usize) -> Range<usize> {
        let from = |index: usize| (index << self.level).min(items);
        from(self.index)..from(self.index + 1)
    }

    fn parent(self) -> Self {
        Self { level: self.level + 1, index: self.index / 2 }
    }

    pub(crate) fn halves(self) -> [Self; 2] {
        [0, 1].map(|half| Self { level: self.level - 1, index: 2 * self.index + half })
    }
}

/// The largest subtrees that lie within consecutive items, from left to right.
pub(crate) fn within(range: &Range<usize>, items: usize) -> Vec<Node> {
    fn below(node: Node, range: &Range<usize>, items: usize, found: &mut Vec<Node>) {
        let leaves = node.leaves(items);
        if leaves.start >= range.end || leaves.end <= range.start {
            return;
        }
        if range.start <= leaves.start && leaves.end <= range.end {
            found.push(node);
        } else {
            node.halves().into_iter().for_each(|half| below(half, range, items, found));
        }
    }
    let mut found = Vec::new();
    below(Node::root(items), range, items, &mut found);
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

pub(crate) fn added(mut sum: Vec<f64>, values: &[f64]) -> Vec<f64> {
    debug_assert_eq!(sum.len(), values.len(), "all contributions have the same length");
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    sum
}
