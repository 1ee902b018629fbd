//! The memory layout of a wavefield.

/// Elements between the rows of a wavefield, and before the first row: more than any stencil reaches along x.
pub(crate) const GAP: usize = 16;

/// The padded layout of a wavefield: rows along x, padded to whole vectors and separated by zeros; planes along z
/// with `reach` planes of zeros (or images) before the first and after the last.
///
/// In 2-D a plane is one row, in 1-D there is one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) dims: usize,
    /// Nodes along x, y, z.
    pub(crate) n: [usize; 3],
    /// Nodes along x, padded.
    pub(crate) row: usize,
    /// Distance of neighbours along x, y, z.
    pub(crate) stride: [usize; 3],
    base: usize,
    /// Total number of elements.
    pub(crate) len: usize,
    /// Number of nodes that one step reaches: planes before the first and after the last, except in 1-D.
    pub(crate) reach: usize,
}

impl Layout {
    /// The layout of n nodes along x, y, z for a stencil with this reach.
    pub(crate) fn new(dims: usize, n: [usize; 3], reach: usize) -> Layout {
        let row = n[0].next_multiple_of(GAP);
        // An odd number of cache lines from row to row and from plane to plane. With a power of two the rows that a
        // stencil reads would share a few sets of the cache and evict each other.
        let odd = |n: usize| n + usize::from(n.is_multiple_of(2));
        let apart = odd(row / GAP + 1) * GAP;
        let between = if dims == 3 { odd(n[1] + reach + 1) - n[1] } else { 0 };
        let plane = (n[1] + between) * apart;
        let beyond = if dims == 1 { 0 } else { reach };
        let base = beyond * plane + between * apart + 2 * GAP;
        let len = base + (n[2] + beyond) * plane + between * apart + 2 * GAP;
        Layout { dims, n, row, stride: [1, apart, plane], base, len, reach }
    }

    /// The node, x fastest, of an index on a plane.
    pub(crate) fn node(&self, index: usize, plane: usize) -> usize {
        let y = (index - self.at(0, plane)) / self.stride[1].max(1);
        (plane * self.n[1] + y) * self.n[0] + index - self.at(y, plane)
    }

    /// Index of the first node of a row.
    #[inline(always)]
    pub(crate) fn at(&self, y: usize, z: usize) -> usize {
        self.base + z * self.stride[2] + y * self.stride[1]
    }
}
