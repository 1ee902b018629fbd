//! Tests across modules of the crate, and their shared parts.

mod adjoint;
mod green;
mod solver;
mod wavefield;

use num_complex::Complex64;

use crate::{Grid, HelmholtzOperator, Pml};

/// omega of the reference cases: k = 0.02 1/m at 1000 m/s, a wavelength of 314 m.
pub(crate) const OMEGA: f64 = 20.0;
/// Squared slowness of 1000 m/s.
pub(crate) const M0: f64 = 1e-6;
pub(crate) const PML: Pml = Pml { thickness: 500.0, strength: 5.0 };

/// The domain of the reference cases [-1000, 1000]^2 m with a number of cells a side.
pub(crate) fn card_grid(cells: usize) -> Grid {
    let h = 2000.0 / cells as f64;
    Grid::new([-1000.0, -1000.0], [h, h], [cells + 1, cells + 1]).unwrap()
}

/// A grid that is too small and coarse for accuracy, for identities of the matrix.
pub(crate) fn small_operator(order: usize) -> HelmholtzOperator {
    let grid = Grid::new([-500.0, -300.0], [25.0, 20.0], [36, 41]).unwrap();
    HelmholtzOperator::new(grid, Pml { thickness: 150.0, strength: 5.0 }, order, OMEGA).unwrap()
}

/// A model with changes of 1 % to 30 % everywhere.
pub(crate) fn rough_model(grid: &Grid) -> Vec<f64> {
    random_field(grid.len(), 3).iter().map(|c| M0 * (1.0 + 0.3 * c.re)).collect()
}

pub(crate) fn dot(a: &[Complex64], b: &[Complex64]) -> Complex64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(crate) fn norm(a: &[Complex64]) -> f64 {
    a.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}

/// |a - b| / |b|.
pub(crate) fn relative(a: &[Complex64], b: &[Complex64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>()) / norm(b)
}

/// Reproducible values in the unit square of the complex plane, by a linear congruential generator.
pub(crate) fn random_field(len: usize, seed: u64) -> Vec<Complex64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..len).map(|_| Complex64::new(next(), next())).collect()
}

/// A deterministic number between -1 and 1.
pub(crate) fn noise(seed: usize) -> f64 {
    let mut x = (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    (x >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}
