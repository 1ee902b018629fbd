//! Values on a grid convolved with a Gaussian.

use fd::Grid;
use rayon::prelude::*;

/// Reach of the Gaussian, in standard deviations.
const REACH: f64 = 4.0;

/// The longest standard deviation in m that is smoothed with on a grid.
#[must_use]
pub fn longest_sigma(grid: &Grid) -> f64 {
    crate::smoothing_work::longest(grid, 2.0, REACH)
}

/// Values `[z, x]` convolved with a Gaussian of a standard deviation in m, from row `first` on. Beyond the edges, and above that
/// row, the value at the edge is used.
pub(crate) fn smoothed(grid: &Grid, values: &[f64], sigma: f64, first: usize) -> Vec<f64> {
    let along = |values: &[f64], axis: usize| -> Vec<f64> {
        let reach = (REACH * sigma / grid.spacing[axis]).ceil() as isize;
        let bell = |k: isize| (-0.5 * (k as f64 * grid.spacing[axis] / sigma).powi(2)).exp();
        let weights: Vec<f64> = (-reach..=reach).map(bell).collect();
        let total: f64 = weights.iter().sum();
        let at = |iz: isize, ix: isize| {
            let iz = iz.clamp(first.min(grid.nz() - 1) as isize, grid.nz() as isize - 1) as usize;
            values[grid.index(iz, ix.clamp(0, grid.nx() as isize - 1) as usize)]
        };
        let mean = |iz: usize, ix: usize| {
            let (iz, ix) = (iz as isize, ix as isize);
            let term =
                |(k, weight): (isize, &f64)| weight * if axis == 0 { at(iz, ix + k) } else { at(iz + k, ix) };
            (-reach..).zip(&weights).map(term).sum::<f64>() / total
        };
        (0..grid.len()).into_par_iter().map(|node| mean(node / grid.nx(), node % grid.nx())).collect()
    };
    along(&along(values, 0), 1)
}
