//! Nested dissection of a grid.

/// Unknowns that are eliminated together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The unknowns, at least one.
    pub nodes: Vec<usize>,
    /// Earlier parts that this one separates.
    pub children: Vec<usize>,
}

/// An elimination order as a tree of separators, children before parents; the last part is the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dissection {
    /// The parts, in the order of elimination.
    pub parts: Vec<Part>,
}

/// Side of the blocks that are not divided further. Smaller blocks leave too little work for the dense kernels;
/// larger ones increase the fill-in.
const LEAF: usize = 3;

impl Dissection {
    /// Dissects a grid of `[nz, nx]` nodes whose stencil reaches `reach` nodes along the axes.
    ///
    /// # Source
    /// George 1973, SIAM J. Numer. Anal. 10(2): O(n^3) work on n x n nodes, with separators `reach` lines thick.
    #[must_use]
    pub fn of_grid(shape: [usize; 2], reach: usize) -> Dissection {
        Dissection::of_box([shape[1], 1, shape[0]], reach)
    }

    /// Dissects a box of nodes along x, y, z, x fastest, whose stencil reaches `reach` nodes along the axes and in between.
    #[must_use]
    pub fn of_box(nodes: [usize; 3], reach: usize) -> Dissection {
        let mut dissection = Dissection { parts: Vec::new() };
        dissection.cut(nodes.map(|n| [0, n]), nodes, reach);
        dissection
    }

    /// Adds the parts of a block, from and to along x, y, z, and returns the number of its root.
    fn cut(&mut self, block: [[usize; 2]; 3], nodes: [usize; 3], reach: usize) -> usize {
        let sides = block.map(|[from, to]| to - from);
        let mut children = Vec::new();
        let mut own = block;
        // Across the longest side; x before z.
        let axis = (1..3).fold(0, |longest, axis| if sides[axis] > sides[longest] { axis } else { longest });
        if sides[axis] >= 2 * LEAF + reach {
            let [from, to] = block[axis];
            let middle = from + (to - from - reach) / 2;
            own[axis] = [middle, middle + reach];
            for half in [[from, middle], [middle + reach, to]] {
                let mut part = block;
                part[axis] = half;
                children.push(self.cut(part, nodes, reach));
            }
        }
        let [x, y, z] = own.map(|[from, to]| from..to);
        let row = |iz: usize, iy: usize| x.clone().map(move |ix| (iz * nodes[1] + iy) * nodes[0] + ix);
        let nodes = z.flat_map(|iz| y.clone().flat_map(move |iy| row(iz, iy))).collect();
        self.parts.push(Part { nodes, children });
        self.parts.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every node is in exactly one part, and no stencil connects two parts unless one is an ancestor of the other.
    #[test]
    fn parts_cover_and_separate() {
        for (shape, reach) in [([37, 52], 1), ([64, 33], 3), ([3, 90], 5)] {
            let parts = Dissection::of_grid(shape, reach).parts;
            let mut owner = vec![usize::MAX; shape[0] * shape[1]];
            let mut parent = vec![usize::MAX; parts.len()];
            for (p, part) in parts.iter().enumerate() {
                for &node in &part.nodes {
                    assert_eq!(std::mem::replace(&mut owner[node], p), usize::MAX);
                }
                part.children.iter().for_each(|&c| parent[c] = p);
            }
            assert!(owner.iter().all(|&p| p != usize::MAX));
            let is_ancestor = |mut low: usize, high: usize| {
                while low < high {
                    low = parent[low];
                }
                low == high
            };
            for iz in 0..shape[0] {
                for ix in 0..shape[1] {
                    let a = owner[iz * shape[1] + ix];
                    for step in 1..=reach {
                        for (jz, jx) in [(iz + step, ix), (iz, ix + step)] {
                            if jz < shape[0] && jx < shape[1] {
                                let b = owner[jz * shape[1] + jx];
                                assert!(is_ancestor(a.min(b), a.max(b)));
                            }
                        }
                    }
                }
            }
        }
    }
}
