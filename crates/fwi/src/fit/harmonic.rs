//! The part of samples that their Laplacian and zero on the edge leave.

use std::f64::consts::PI;

use fd::Grid;

/// What is left of samples when the harmonic function with their values on the edge of the grid is taken away: zero on the
/// edge, with the same five-point Laplacian inside.
///
/// A network that is shown a Laplacian only is free to add any harmonic function; of an error this is the part that it is
/// not free to have.
///
/// # Shapes
/// `[z, x]`, both.
///
/// # Source
/// Buzbee, Golub and Nielson, SIAM J. Numer. Anal. 7 (1970), section 2: the discrete Poisson equation by sines along both
/// axes.
#[must_use]
pub fn without_harmonic(grid: &Grid, values: &[f64]) -> Vec<f64> {
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
    let (mx, mz) = (Sines::new(nx - 2), Sines::new(nz - 2));
    let inside: Vec<Vec<f64>> =
        (1..nz - 1).map(|iz| (1..nx - 1).map(|ix| laplacian(iz, ix)).collect()).collect();
    let mut by_wave = mz.columns(&mx.rows(&inside));
    for (row, z) in by_wave.iter_mut().zip(&mz.eigenvalues) {
        row.iter_mut().zip(&mx.eigenvalues).for_each(|(v, x)| *v /= bx * x + bz * z);
    }
    for (iz, row) in mx.rows(&mz.columns(&by_wave)).into_iter().enumerate() {
        left[(iz + 1) * nx + 1..(iz + 2) * nx - 1].copy_from_slice(&row);
    }
    left
}

/// The sines that diagonalise second differences between zero ends.
struct Sines {
    /// Symmetric, and its own inverse.
    matrix: Vec<Vec<f64>>,
    /// Of second differences of nodes 1 apart.
    eigenvalues: Vec<f64>,
}

impl Sines {
    fn new(n: usize) -> Sines {
        let step = PI / (n + 1) as f64;
        let scale = (2.0 / (n + 1) as f64).sqrt();
        let row = |i: usize| (1..=n).map(|j| scale * (step * (i * j) as f64).sin()).collect();
        let eigenvalue = |k: usize| -4.0 * (0.5 * step * k as f64).sin().powi(2);
        Sines { matrix: (1..=n).map(row).collect(), eigenvalues: (1..=n).map(eigenvalue).collect() }
    }

    /// Every row transformed.
    fn rows(&self, of: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        of.iter().map(|row| self.matrix.iter().map(|wave| dot(row, wave)).collect()).collect()
    }

    /// Every column transformed.
    fn columns(&self, of: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let sum = |wave: &Vec<f64>| {
            let mut sum = vec![0.0; of[0].len()];
            for (factor, row) in wave.iter().zip(of) {
                sum.iter_mut().zip(row).for_each(|(sum, v)| *sum += factor * v);
            }
            sum
        };
        self.matrix.iter().map(sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions that the five-point Laplacian takes to zero leave nothing, one that is zero on the edge stays, and so it
    /// does under any of the others; all to rounding.
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
