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
        let mut dissection = Dissection { parts: Vec::new() };
        dissection.cut([0, shape[0]], [0, shape[1]], shape[1], reach);
        dissection
    }

    /// Adds the parts of the block `rows` x `columns` and returns the number of its root.
    fn cut(&mut self, rows: [usize; 2], columns: [usize; 2], nx: usize, reach: usize) -> usize {
        let (height, width) = (rows[1] - rows[0], columns[1] - columns[0]);
        let mut children = Vec::new();
        let (mut own_rows, mut own_columns) = (rows, columns);
        if height.max(width) >= 2 * LEAF + reach {
            let along_columns = width >= height;
            let range = if along_columns { columns } else { rows };
            let middle = range[0] + (range[1] - range[0] - reach) / 2;
            let separator = [middle, middle + reach];
            for half in [[range[0], separator[0]], [separator[1], range[1]]] {
                let (r, c) = if along_columns { (rows, half) } else { (half, columns) };
                children.push(self.cut(r, c, nx, reach));
            }
            if along_columns {
                own_columns = separator;
            } else {
                own_rows = separator;
            }
        }
        let nodes = (own_rows[0]..own_rows[1])
            .flat_map(|iz| (own_columns[0]..own_columns[1]).map(move |ix| iz * nx + ix))
            .collect();
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
