//! A regular mesh over a box in one, two or three dimensions.

use crate::{FdError, Grid};

/// A regular mesh of nodes in one, two or three dimensions.
///
/// # Shapes
/// Points, `origin` and `spacing` are ordered `[x]`, `[x, z]` or `[x, y, z]`; `shape` and arrays are ordered `[x]`,
/// `[z, x]` or `[z, y, x]`, x fastest.
///
/// # Units
/// m.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    dims: usize,
    /// Along x, y, z; 0, 1 and 1 for dimensions that the mesh does not have.
    origin: [f64; 3],
    spacing: [f64; 3],
    nodes: [usize; 3],
}

/// The axes (of x, y, z) of a mesh with 1, 2 or 3 dimensions.
pub(crate) const AXES: [&[usize]; 4] = [&[], &[0], &[0, 2], &[0, 1, 2]];

impl Mesh {
    /// A mesh from its first node, spacing and shape.
    ///
    /// # Errors
    /// [`FdError::InvalidMesh`] if there are not one to three axes, the three lengths differ, a number is not finite,
    /// a spacing is not positive, or an axis has fewer than two nodes.
    pub fn new(origin: &[f64], spacing: &[f64], shape: &[usize]) -> Result<Mesh, FdError> {
        let dims = shape.len();
        let same = origin.len() == dims && spacing.len() == dims && (1..=3).contains(&dims);
        let good = spacing.iter().all(|h| h.is_finite() && *h > 0.0)
            && origin.iter().all(|o| o.is_finite())
            && shape.iter().all(|n| *n >= 2);
        if !(same && good) {
            return Err(FdError::InvalidMesh {
                origin: origin.to_vec(),
                spacing: spacing.to_vec(),
                shape: shape.to_vec(),
            });
        }
        let mut mesh = Mesh { dims, origin: [0.0; 3], spacing: [1.0; 3], nodes: [1; 3] };
        for (k, &axis) in AXES[dims].iter().enumerate() {
            mesh.origin[axis] = origin[k];
            mesh.spacing[axis] = spacing[k];
            mesh.nodes[axis] = shape[dims - 1 - k];
        }
        Ok(mesh)
    }

    /// Number of dimensions.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// First node, ordered as points.
    #[must_use]
    pub fn origin(&self) -> Vec<f64> {
        self.axes().iter().map(|&a| self.origin[a]).collect()
    }

    /// Distance between nodes, ordered as points.
    #[must_use]
    pub fn spacing(&self) -> Vec<f64> {
        self.axes().iter().map(|&a| self.spacing[a]).collect()
    }

    /// Number of nodes along each axis, ordered as arrays.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        self.axes().iter().rev().map(|&a| self.nodes[a]).collect()
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.iter().product()
    }

    /// Whether there are no nodes; never for a mesh made by [`Mesh::new`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Length, area or volume of the cell around a node, m^dims.
    #[must_use]
    pub fn cell(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// The existing axes of x (0), y (1), z (2).
    pub(crate) fn axes(&self) -> &'static [usize] {
        AXES[self.dims]
    }

    /// Nodes along x, y, z; 1 for dimensions that do not exist.
    pub(crate) fn nodes(&self) -> [usize; 3] {
        self.nodes
    }

    /// Spacing along x, y or z, m.
    pub(crate) fn step(&self, axis: usize) -> f64 {
        self.spacing[axis]
    }

    /// Index of a node in arrays.
    #[cfg(test)]
    pub(crate) fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.nodes[1] + y) * self.nodes[0] + x
    }

    /// A point in cells from the first node, `None` outside, with a tolerance of half a billionth of a cell for
    /// rounding.
    pub(crate) fn cells(&self, point: &[f64]) -> Option<[f64; 3]> {
        let mut cells = [0.0; 3];
        for (&coordinate, &axis) in point.iter().zip(self.axes()) {
            let at = (coordinate - self.origin[axis]) / self.spacing[axis];
            let last = (self.nodes[axis] - 1) as f64;
            if !(-5e-10..=last + 5e-10).contains(&at) {
                return None;
            }
            cells[axis] = at;
        }
        (point.len() == self.dims).then_some(cells)
    }

    /// First and last node, ordered as points.
    pub(crate) fn corners(&self) -> [Vec<f64>; 2] {
        let last = |&a: &usize| self.origin[a] + (self.nodes[a] - 1) as f64 * self.spacing[a];
        [self.origin(), self.axes().iter().map(last).collect()]
    }

    pub(crate) fn expect_len(&self, what: &'static str, found: usize) -> Result<(), FdError> {
        if found == self.len() { Ok(()) } else { Err(FdError::Length { what, found, expected: self.len() }) }
    }
}

impl From<&Grid> for Mesh {
    fn from(grid: &Grid) -> Mesh {
        let axes = grid.axes();
        let mut mesh = Mesh { dims: axes.len(), origin: [0.0; 3], spacing: [1.0; 3], nodes: [1; 3] };
        for (axis, &a) in axes.iter().zip(AXES[axes.len()]) {
            (mesh.origin[a], mesh.spacing[a], mesh.nodes[a]) = (axis.origin, axis.spacing, axis.nodes);
        }
        mesh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points and arrays have opposite orders of axes, and a grid is a mesh with the same numbers.
    #[test]
    fn order_of_axes() {
        let mesh = Mesh::new(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0], &[4, 5, 6]).unwrap();
        assert_eq!(mesh.nodes(), [6, 5, 4]);
        assert_eq!(mesh.cells(&[11.0, 42.0, 3.0]), Some([1.0, 2.0, 0.0]));
        assert_eq!(mesh.cells(&[11.0, 42.0, 93.1]), None);
        assert_eq!((mesh.index([1, 2, 3]), mesh.cell()), ((3 * 5 + 2) * 6 + 1, 6000.0));
        let grid = Grid::new([1.0, 2.0], [3.0, 4.0], [5, 6]).unwrap();
        assert_eq!(Mesh::from(&grid), Mesh::new(&[1.0, 2.0], &[3.0, 4.0], &[5, 6]).unwrap());
    }

    /// An input that is not a box is rejected.
    #[test]
    fn bad_meshes_are_refused() {
        for (origin, spacing, shape) in [
            (&[0.0][..], &[1.0][..], &[1][..]),
            (&[0.0, 0.0], &[1.0], &[3, 3]),
            (&[0.0], &[-1.0], &[3]),
            (&[f64::NAN], &[1.0], &[3]),
            (&[0.0; 4], &[1.0; 4], &[3; 4]),
            (&[], &[], &[]),
        ] {
            assert!(matches!(Mesh::new(origin, spacing, shape), Err(FdError::InvalidMesh { .. })));
        }
    }
}
