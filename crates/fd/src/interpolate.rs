//! Sources and receivers between grid points.

use num_complex::Complex64;

use crate::{Domain, FdError, Grid, Point};

/// Half-width of the interpolation window in cells.
const HALF_WIDTH: f64 = 4.0;
/// Kaiser parameter for this half-width and wavenumbers up to half of Nyquist (four points per wavelength).
const KAISER: f64 = 6.31;

/// Points between nodes, as the matrix P that samples a wavefield at them.
///
/// A Kaiser-windowed sinc with a half-width of four cells; its error is below 1e-3 for at least four points per
/// wavelength. The part of the window beyond the grid is dropped, which is exact for a field that is zero there, as
/// the solver's field is.
///
/// # Source
/// Hicks 2002, Geophysics 67(1), "Arbitrary source and receiver positioning in finite-difference schemes using Kaiser
/// windowed sinc functions", equations 4 and 7, table 1.
#[derive(Debug, Clone)]
pub struct PointSet {
    points: Vec<[f64; 2]>,
    nodes: usize,
    /// Rows of P: start of each row, then node and weight.
    starts: Vec<usize>,
    taps: Vec<(usize, f64)>,
}

impl PointSet {
    /// The sampling of a section at points of it.
    ///
    /// # Errors
    /// [`FdError::OutsideGrid`] for the first point that is not covered (or not finite).
    pub fn new<P: Copy + Into<Point>>(grid: &Grid, points: &[P]) -> Result<PointSet, FdError> {
        let points: Vec<[f64; 2]> = points.iter().map(|point| (*point).into().section()).collect();
        let mut set = PointSet { points, nodes: grid.len(), starts: vec![0], taps: Vec::new() };
        for (index, &point) in set.points.iter().enumerate() {
            if !grid.covers(point) {
                let Domain { lo, hi, .. } = grid.domain();
                return Err(FdError::OutsideGrid { index, point, lo, hi });
            }
            let along_x = taps(point[0], grid.origin[0], grid.spacing[0], grid.nx());
            let along_z = taps(point[1], grid.origin[1], grid.spacing[1], grid.nz());
            for &(iz, wz) in &along_z {
                set.taps.extend(along_x.iter().map(|&(ix, wx)| (grid.index(iz, ix), wz * wx)));
            }
            set.starts.push(set.taps.len());
        }
        Ok(set)
    }

    /// The points `[x, z]`, m.
    #[must_use]
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there are no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// P u: a field `[z, x]` at the points, `[point]`.
    ///
    /// # Panics
    /// If `u` is not a field of the grid.
    #[must_use]
    pub fn sample(&self, u: &[Complex64]) -> Vec<Complex64> {
        assert_eq!(u.len(), self.nodes, "sample: field and grid differ");
        (0..self.len()).map(|p| self.row(p).iter().map(|&(node, weight)| u[node] * weight).sum()).collect()
    }

    /// P^T values: from `[point]` to a field `[z, x]`. A delta function of unit strength is this divided by the
    /// cell's area.
    ///
    /// # Panics
    /// If the number of values differs from the number of points.
    #[must_use]
    pub fn spread(&self, values: &[Complex64]) -> Vec<Complex64> {
        assert_eq!(values.len(), self.len(), "spread: values and points differ");
        let mut field = vec![Complex64::ZERO; self.nodes];
        for (p, &value) in values.iter().enumerate() {
            for &(node, weight) in self.row(p) {
                field[node] += value * weight;
            }
        }
        field
    }

    /// Right-hand sides `[point][z, x]` of one point source of `strength` (f = strength * delta) at each point.
    #[must_use]
    pub fn sources(&self, grid: &Grid, strength: Complex64) -> Vec<Vec<Complex64>> {
        let density = strength / grid.cell();
        (0..self.len())
            .map(|p| {
                let mut field = vec![Complex64::ZERO; self.nodes];
                for &(node, weight) in self.row(p) {
                    field[node] = density * weight;
                }
                field
            })
            .collect()
    }

    fn row(&self, point: usize) -> &[(usize, f64)] {
        &self.taps[self.starts[point]..self.starts[point + 1]]
    }
}

/// Nodes and weights of one axis.
fn taps(coordinate: f64, origin: f64, spacing: f64, nodes: usize) -> Vec<(usize, f64)> {
    let inside =
        |(i, weight): (isize, f64)| usize::try_from(i).ok().filter(|i| *i < nodes).map(|i| (i, weight));
    kaiser_taps((coordinate - origin) / spacing).into_iter().filter_map(inside).collect()
}

/// Nodes and weights along an axis for a position in cells from node 0, including nodes beyond the edges.
pub(crate) fn kaiser_taps(position: f64) -> Vec<(isize, f64)> {
    // A point on a node uses that node alone, so rounding of its coordinate leaves no small weights.
    if (position - position.round()).abs() < 1e-9 {
        return vec![(position.round() as isize, 1.0)];
    }
    let (first, last) = ((position - HALF_WIDTH).ceil() as isize, (position + HALF_WIDTH).floor() as isize);
    (first..=last).map(|i| (i, windowed_sinc(position - i as f64))).collect()
}

fn windowed_sinc(t: f64) -> f64 {
    let s = t / HALF_WIDTH;
    if s.abs() >= 1.0 {
        return 0.0;
    }
    let phase = std::f64::consts::PI * t;
    let sinc = if t == 0.0 { 1.0 } else { phase.sin() / phase };
    sinc * bessel_i0(KAISER * (1.0 - s * s).sqrt()) / bessel_i0(KAISER)
}

/// Modified Bessel function I0 by its power series, to rounding for the arguments used here (at most 6.31).
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::random_field;

    fn grid() -> Grid {
        Grid::new([-100.0, 50.0], [10.0, 12.5], [31, 41]).unwrap()
    }

    /// <P u, d> = <u, P^T d> to rounding, because both sums consist of the same products.
    #[test]
    fn spread_is_the_transpose_of_sample() {
        let grid = grid();
        let set =
            PointSet::new(&grid, &[[-100.0, 50.0], [3.3, 101.7], [299.9, 424.9], [55.5, 62.0]]).unwrap();
        let (u, d) = (random_field(grid.len(), 1), random_field(set.len(), 2));
        let left: Complex64 = set.sample(&u).iter().zip(&d).map(|(a, b)| a * b).sum();
        let right: Complex64 = u.iter().zip(set.spread(&d)).map(|(a, b)| a * b).sum();
        assert!((left - right).norm() < 1e-13 * left.norm().max(1.0));
    }

    /// A plane wave with six points per wavelength is sampled to 1e-3, the error that Hicks (2002, figure 4) gives
    /// for his window up to half of Nyquist.
    #[test]
    fn plane_wave_between_nodes() {
        let grid = grid();
        let k = std::f64::consts::TAU / 75.0;
        let wave = |[x, z]: [f64; 2]| Complex64::cis(k * (0.6 * x + 0.8 * z));
        let u: Vec<_> = grid.points().map(wave).collect();
        let points = [[3.3, 201.7], [55.0, 162.0], [101.0, 215.2]];
        let sampled = PointSet::new(&grid, &points).unwrap().sample(&u);
        for (value, point) in sampled.iter().zip(points) {
            assert!((value - wave(point)).norm() < 1e-3, "{value} {}", wave(point));
        }
    }

    /// A point on a node is that node, and a source there has the value 1/(dx dz).
    #[test]
    fn on_a_node() {
        let grid = grid();
        let set = PointSet::new(&grid, &[[grid.x(7), grid.z(9)]]).unwrap();
        let source = &set.sources(&grid, Complex64::ONE)[0];
        assert_eq!(source[grid.index(9, 7)], Complex64::from(1.0 / 125.0));
        assert_eq!(source.iter().filter(|v| v.norm() > 0.0).count(), 1);
    }

    /// The error for a point outside gives its index, its position and the extent of the grid.
    #[test]
    fn outside_is_named() {
        let error = PointSet::new(&grid(), &[[0.0, 60.0], [0.0, 425.1]]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "point 1 at (x, z) = (0, 425.1) m is outside the grid: x from -100 to 300 m, z from 50 to 425 m; \
             move it or enlarge the grid"
        );
    }
}
