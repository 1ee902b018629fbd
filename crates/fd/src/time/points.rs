//! Sources and receivers between the nodes of a mesh.

use super::Mesh;
use crate::FdError;

/// Points between nodes, as weights of the nodes around them.
///
/// The weights of a point are products of Kaiser-windowed sincs of half-width four cells along each axis. Sampling a
/// wavefield and injecting a source use the same weights, so each is the exact transpose of the other. Where the window
/// reaches beyond the mesh it takes nodes of the absorbing layer, or, above a free surface, the image with its sign.
///
/// # Source
/// Hicks 2002, Geophysics 67(1), "Arbitrary source and receiver positioning in finite-difference schemes using Kaiser
/// windowed sinc functions".
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    mesh: Mesh,
    /// In cells from the first node along x, y, z.
    cells: Vec<[f64; 3]>,
}

impl Points {
    /// Points `[x]`, `[x, z]` or `[x, y, z]` in m on a mesh.
    ///
    /// # Errors
    /// [`FdError::OutsideMesh`] for the first point that is not inside (or not finite, or of another dimension).
    pub fn new(mesh: &Mesh, points: &[impl AsRef<[f64]>]) -> Result<Points, FdError> {
        let cells = |(index, point): (usize, &_)| {
            let point: &[f64] = AsRef::<[f64]>::as_ref(point);
            mesh.cells(point).ok_or_else(|| {
                let [lo, hi] = mesh.corners();
                FdError::OutsideMesh { index, point: point.to_vec(), lo, hi }
            })
        };
        let cells = points.iter().enumerate().map(cells).collect::<Result<_, _>>()?;
        Ok(Points { mesh: mesh.clone(), cells })
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The mesh of the points.
    #[must_use]
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The position of a point in cells from the first node along x, y, z.
    pub(crate) fn cells(&self, point: usize) -> [f64; 3] {
        self.cells[point]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error for a point outside gives its index, its position and the extent of the mesh, in any dimension.
    #[test]
    fn outside_is_named() {
        let mesh = Mesh::new(&[0.0; 3], &[10.0; 3], &[5, 6, 7]).unwrap();
        let error = Points::new(&mesh, &[[0.0, 1.0, 2.0], [0.0, 51.0, 0.0]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "point 1 at [0.0, 51.0, 0.0] m is outside the mesh from [0.0, 0.0, 0.0] to [60.0, 50.0, 40.0] m; move it or \
             enlarge the mesh"
        );
        assert!(Points::new(&mesh, &[[0.0, 0.0]]).is_err());
    }
}
