//! A box of a pattern.

use fd::Grid;

/// A box of the pattern, whose recovery is a row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// Its sides in m, in the order of coordinates.
    pub(super) sides: Vec<[f64; 2]>,
}

impl Cell {
    /// The nodes of a grid inside; the far sides do not count, so that cells share no node.
    pub(super) fn nodes(&self, grid: &Grid) -> Vec<usize> {
        let mut nodes = vec![0];
        let mut stride = 1;
        for (axis, [lo, hi]) in grid.axes().iter().zip(&self.sides) {
            let inside = |i: &usize| (lo - 1e-6..hi - 1e-6).contains(&axis.at(*i));
            let along: Vec<usize> = (0..axis.nodes).filter(inside).map(|i| i * stride).collect();
            nodes = along.iter().flat_map(|i| nodes.iter().map(move |node| node + i)).collect();
            stride *= axis.nodes;
        }
        nodes
    }

    /// Its middle.
    pub(super) fn centre(&self) -> Vec<f64> {
        self.sides.iter().map(|[lo, hi]| 0.5 * (lo + hi)).collect()
    }

    /// Its top and bottom; of a line its ends.
    pub(super) fn depths(&self) -> [f64; 2] {
        self.sides.last().copied().unwrap_or_default()
    }
}
