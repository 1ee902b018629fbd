//! The part of samples that is determined by their Laplacian if they are zero on the edge.

use fd::Grid;
use nalgebra::DMatrix;

use fwi::second_differences::{OfLaplacian, Waves};

/// The samples minus the harmonic function with their values on the edge of the grid: zero on the edge, with the same
/// five-point Laplacian inside.
///
/// A network that learns from a Laplacian alone may contain any harmonic function. This is the part of an error that
/// does not depend on it.
///
/// # Shapes
/// `[z, x]`, both.
#[must_use]
pub(crate) fn without_harmonic(grid: &Grid, values: &[f64]) -> Vec<f64> {
    let [nz, nx] = grid.shape;
    let mut left = vec![0.0; values.len()];
    if nz < 3 || nx < 3 {
        return left;
    }
    let [bx, bz] = grid.spacing.map(|h| 1.0 / (h * h));
    let laplacian = |iz: usize, ix: usize| {
        let at = |iz: usize, ix: usize| values[iz * nx + ix];
        let middle = 2.0 * at(iz, ix);
        bx * (at(iz, ix - 1) + at(iz, ix + 1) - middle) + bz * (at(iz - 1, ix) + at(iz + 1, ix) - middle)
    };
    let inside = DMatrix::from_fn(nz - 2, nx - 2, |iz, ix| laplacian(iz + 1, ix + 1));
    let waves = [nx - 2, nz - 2].map(Waves::sines);
    let solved = OfLaplacian::new(waves, grid.spacing, |minus| -1.0 / minus).of(inside);
    for (iz, row) in solved.row_iter().enumerate() {
        let to = &mut left[(iz + 1) * nx + 1..(iz + 2) * nx - 1];
        to.iter_mut().zip(row.iter()).for_each(|(to, value)| *to = *value);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions whose five-point Laplacian is zero give zero. A function that is zero on the edge does not change,
    /// also when such a function is added; all to rounding.
    #[test]
    fn harmonic_functions_are_taken_away() {
        let grid = Grid::new([-40.0, 10.0], [5.0, 4.0], [13, 18]).unwrap();
        let [[x0, z0], [x1, z1]] = [grid.domain().lo, grid.domain().hi];
        let harmonic = |x: f64, z: f64| 3.0 + 0.2 * x - 0.1 * z + 0.01 * x * z + 0.003 * (x * x - z * z);
        let bump = |x: f64, z: f64| 1e-4 * (x - x0) * (x1 - x) * (z - z0) * (z1 - z) * (0.05 * x).cos();
        for [a, b] in [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]] {
            let values: Vec<f64> = grid.points().map(|[x, z]| a * harmonic(x, z) + b * bump(x, z)).collect();
            let left = without_harmonic(&grid, &values);
            for ([x, z], left) in grid.points().zip(left) {
                assert!((left - b * bump(x, z)).abs() < 1e-10, "{x} {z} {left}");
            }
        }
    }

    #[test]
    fn edges_alone_leave_nothing() {
        let grid = Grid::new([0.0; 2], [1.0; 2], [2, 5]).unwrap();
        assert!(without_harmonic(&grid, &[1.0; 10]).iter().all(|v| *v == 0.0));
    }
}
