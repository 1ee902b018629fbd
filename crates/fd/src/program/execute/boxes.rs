//! The boxes of a grid in which a kernel has the same statements.

use super::super::statement::{Program, Region, Statement};

/// Vectors along x begin at multiples of this.
pub(crate) const VECTOR: usize = 16;

/// Nodes along x of a box that is not worth to be divided.
const NARROW: usize = 4 * VECTOR;

/// A box of nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// From and to along x, y, z; along x whole vectors.
    pub(crate) nodes: [[usize; 2]; 3],
    /// The row along z, if it is one of the first rows below a surface.
    pub(crate) row: Option<usize>,
    /// Whether its vectors reach beyond the grid along x.
    pub(crate) tail: bool,
}

/// The nodes of a region, whole vectors along x.
pub(crate) fn whole(region: Region, n: [usize; 3]) -> [usize; 2] {
    if region.axis == 0 {
        [region.from / VECTOR * VECTOR, region.to.next_multiple_of(VECTOR).min(n[0].next_multiple_of(VECTOR))]
    } else {
        [region.from, region.to]
    }
}

impl Block {
    /// Whether a region holds the box.
    pub(crate) fn is_in(&self, region: &Region, n: [usize; 3]) -> bool {
        let [from, to] = whole(*region, n);
        let [first, last] = self.nodes[region.axis];
        from <= first && last <= to
    }
}

/// The boxes of a kernel on a grid of n nodes.
pub(crate) fn blocks(program: &Program, statements: &[Statement], n: [usize; 3]) -> Vec<Block> {
    let row = n[0].next_multiple_of(VECTOR);
    let mut cuts = [vec![0, row], vec![0, n[1]], vec![0, n[2]]];
    let mut edge_rows = 0;
    for statement in statements {
        let Statement::Update { terms, region, .. } = statement else { continue };
        if let Some(region) = region {
            cuts[region.axis].extend(whole(*region, n));
        }
        let rows = |d: super::super::difference::Derivative| {
            if d.axis == 2 { d.edge_rows(program.order) } else { 0 }
        };
        edge_rows =
            terms.iter().filter_map(|term| term.derivative).map(rows).max().unwrap_or(0).max(edge_rows);
    }
    let edge_rows = edge_rows.min(n[2]);
    cuts[2].extend(0..=edge_rows);
    for cuts in &mut cuts {
        cuts.sort_unstable();
        cuts.dedup();
    }
    // The last vector reaches beyond the grid: a box of its own, unless the last box is narrow.
    let last = cuts[0][cuts[0].len() - 2];
    if n[0] < row && row - last > NARROW {
        cuts[0].insert(cuts[0].len() - 1, n[0] / VECTOR * VECTOR);
    }
    let mut all = Vec::new();
    for z in cuts[2].windows(2) {
        for y in cuts[1].windows(2) {
            for x in cuts[0].windows(2) {
                let nodes = [[x[0], x[1]], [y[0], y[1]], [z[0], z[1]]];
                let row = (z[0] < edge_rows).then_some(z[0]);
                all.push(Block { nodes, row, tail: x[1] > n[0] });
            }
        }
    }
    all
}
