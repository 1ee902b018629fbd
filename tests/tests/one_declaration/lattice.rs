//! Nodes around the place at which finite differences are looked at.

use pde::{Axis, Dimension};

use super::manufactured::LENGTHS;

/// The part of a wavelength that is looked at along each axis.
const SPAN: f64 = 0.34;

pub(super) struct Lattice {
    axes: &'static [Axis],
    /// Along x, y, z; 1 node along axes that do not exist.
    pub(super) nodes: [usize; 3],
    /// Along x, y, z, m.
    pub(super) spacing: [f64; 3],
    /// Nodes before the first one that is looked at, and behind the last one.
    reach: usize,
}

impl Lattice {
    /// With cells of a part of the wavelength and the neighbours that differences of an order need.
    pub(super) fn new(dimension: Dimension, order: usize, cell: f64) -> Self {
        let axes = dimension.axes();
        let reach = order / 2 + 2;
        let mut nodes = [1; 3];
        for axis in axes {
            nodes[*axis as usize] = 2 * reach + (SPAN / cell).round() as usize + 1;
        }
        Self { axes, nodes, spacing: LENGTHS.map(|length| cell * length), reach }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.iter().product()
    }

    fn place(&self, node: usize) -> [usize; 3] {
        let [nx, ny, _] = self.nodes;
        [node % nx, node / nx % ny, node / (nx * ny)]
    }

    /// The point `[x]`, `[x, z]` or `[x, y, z]` of a node that is half a cell up along some of x, y, z.
    pub(super) fn point(&self, node: usize, half: [bool; 3]) -> Vec<f64> {
        let place = self.place(node);
        let along = |axis: &Axis| {
            let axis = *axis as usize;
            let shift = if half[axis] { 0.5 } else { 0.0 };
            (place[axis] as f64 - self.reach as f64 + shift) * self.spacing[axis]
        };
        self.axes.iter().map(along).collect()
    }

    /// The nodes that are looked at.
    pub(super) fn inner(&self) -> Vec<usize> {
        let inside = |node: &usize| {
            let place = self.place(*node);
            let mut axes = self.axes.iter().map(|axis| *axis as usize);
            axes.all(|axis| (self.reach..self.nodes[axis] - self.reach).contains(&place[axis]))
        };
        (0..self.len()).filter(inside).collect()
    }
}
