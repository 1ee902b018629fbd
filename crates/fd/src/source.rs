//! Sources that the grid resolves.

use num_complex::Complex64;

use crate::Grid;

/// The Gaussian source f = q exp(-r^2 / (2 s)) / (2 pi s), sampled at the nodes.
///
/// Its samples sum to q / (dx dz) to 2 exp(-2 pi^2 s / h^2): 1 % at sqrt(s) = 0.52 h. On coarser grids use a point
/// source ([`crate::PointSet::sources`]) times [`crate::analytic::gaussian_factor`].
///
/// # Shapes
/// `[z, x]`.
///
/// # Units
/// `centre` `[x, z]` in m, `variance` s in m^2.
#[must_use]
pub fn gaussian_source(grid: &Grid, centre: [f64; 2], variance: f64, strength: Complex64) -> Vec<Complex64> {
    let peak = strength / (std::f64::consts::TAU * variance);
    grid.points()
        .map(|[x, z]| {
            let r2 = (x - centre[0]).powi(2) + (z - centre[1]).powi(2);
            peak * (-0.5 * r2 / variance).exp()
        })
        .collect()
}
