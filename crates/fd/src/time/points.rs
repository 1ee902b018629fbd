//! Sources and receivers between the nodes of a mesh.

use super::extended::Extended;
use super::layout::Layout;
use super::{Mesh, Real};
use crate::FdError;
use crate::interpolate::kaiser_taps;

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

    /// The plane of the extended mesh nearest to a point.
    pub(crate) fn plane(&self, point: usize, extended: &Extended) -> usize {
        self.cells[point][2].round() as usize + extended.before[2]
    }

    /// Nodes of the extended mesh and their weights.
    fn taps(&self, point: usize, extended: &Extended, mirror: bool) -> Vec<([usize; 3], f64)> {
        let along = |axis: usize| -> Vec<(usize, f64)> {
            if extended.n[axis] == 1 {
                return vec![(0, 1.0)];
            }
            let node = |(i, w): (isize, f64)| {
                let at = i + extended.before[axis] as isize;
                let (at, w) = if mirror && axis == 2 && at < 0 { (-at, -w) } else { (at, w) };
                (0..extended.n[axis] as isize).contains(&at).then_some((at as usize, w))
            };
            kaiser_taps(self.cells[point][axis]).into_iter().filter_map(node).collect()
        };
        let [x, y, z] = [along(0), along(1), along(2)];
        let mut taps = Vec::with_capacity(x.len() * y.len() * z.len());
        for &(iz, wz) in &z {
            for &(iy, wy) in &y {
                taps.extend(x.iter().map(|&(ix, wx)| ([ix, iy, iz], wx * wy * wz)));
            }
        }
        taps
    }
}

/// The weights of a set of points on a slab, plane by plane.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taps<T> {
    /// First entry of each plane.
    starts: Vec<usize>,
    entries: Vec<Tap<T>>,
}

#[derive(Debug, Clone, Copy)]
struct Tap<T> {
    node: usize,
    point: usize,
    weight: T,
}

impl<T: Real> Taps<T> {
    /// Weights, each times `scale` of its node, for the points that `wanted` accepts.
    pub(crate) fn new(
        points: &Points,
        (extended, mirror): (&Extended, bool),
        (layout, first_plane): (&Layout, usize),
        wanted: impl Fn(usize) -> bool,
        scale: impl Fn(usize) -> f64,
    ) -> Taps<T> {
        let mut planes: Vec<Vec<Tap<T>>> = vec![Vec::new(); layout.n[2]];
        for point in (0..points.len()).filter(|&point| wanted(point)) {
            for ([x, y, z], weight) in points.taps(point, extended, mirror) {
                if let Some(plane) = z.checked_sub(first_plane).and_then(|z| planes.get_mut(z)) {
                    let node = layout.at(y, z - first_plane) + x;
                    plane.push(Tap { node, point, weight: T::from_f64(weight * scale(node)) });
                }
            }
        }
        let mut starts = vec![0];
        starts.extend(planes.iter().scan(0, |sum, plane| {
            *sum += plane.len();
            Some(*sum)
        }));
        Taps { starts, entries: planes.concat() }
    }

    fn of(&self, planes: &std::ops::Range<usize>) -> &[Tap<T>] {
        &self.entries[self.starts[planes.start]..self.starts[planes.end]]
    }

    /// Adds `value(point)` times the weights to planes of a field.
    pub(crate) fn inject(&self, planes: &std::ops::Range<usize>, p: &mut [T], value: impl Fn(usize) -> T) {
        for tap in self.of(planes) {
            p[tap.node] += tap.weight * value(tap.point);
        }
    }

    /// Adds the samples of planes of a field to `out[point]`.
    pub(crate) fn sample(&self, planes: &std::ops::Range<usize>, p: &[T], out: &mut [T]) {
        for tap in self.of(planes) {
            out[tap.point] += tap.weight * p[tap.node];
        }
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
