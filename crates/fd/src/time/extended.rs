//! The mesh with its absorbing layers around it.

use super::{Boundary, Mesh};

/// Nodes of the mesh and of the layers outside it. Positions are counted from the first node of the layers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Extended {
    pub(crate) dims: usize,
    /// Cells of the layers before the first node of the mesh along x, y, z.
    pub(crate) before: [usize; 3],
    pub(crate) after: [usize; 3],
    /// All nodes along x, y, z.
    pub(crate) n: [usize; 3],
    inner: [usize; 3],
}

impl Extended {
    pub(crate) fn new(mesh: &Mesh, boundary: &Boundary) -> Extended {
        let inner = mesh.nodes();
        let (mut before, mut after) = ([0; 3], [0; 3]);
        for &axis in mesh.axes() {
            after[axis] = boundary.cpml.cells;
            before[axis] = if axis == 2 && boundary.free_surface { 0 } else { boundary.cpml.cells };
        }
        let n = std::array::from_fn(|a| before[a] + inner[a] + after[a]);
        Extended { dims: mesh.dims(), before, after, n, inner }
    }

    /// Index in the mesh's arrays of the mesh node nearest to a node: the layers continue the edges of the mesh.
    pub(crate) fn nearest(&self, at: [isize; 3]) -> usize {
        let [x, y, z]: [usize; 3] = std::array::from_fn(|a| {
            (at[a] - self.before[a] as isize).clamp(0, self.inner[a] as isize - 1) as usize
        });
        (z * self.inner[1] + y) * self.inner[0] + x
    }

    /// Whether a node is in a layer.
    pub(crate) fn in_layer(&self, at: [usize; 3]) -> bool {
        (0..3).any(|a| at[a] < self.before[a] || at[a] >= self.before[a] + self.inner[a])
    }
}
