//! Values on a grid convolved with a Gaussian.

use fd::Grid;
use rayon::prelude::*;

/// Reach of the Gaussian, in standard deviations.
const REACH: f64 = 4.0;

/// The longest standard deviation in m that is smoothed with on a grid.
#[must_use]
pub fn longest_sigma(grid: &Grid) -> f64 {
    crate::smoothing_work::longest(grid, grid.dims() as f64, REACH)
}

/// Values on a grid convolved with a Gaussian of a standard deviation in m, from level `first` of z on. Beyond the edges, and
/// above that level, the value at the edge is used.
#[must_use]
pub fn smoothed(grid: &Grid, values: &[f64], sigma: f64, first: usize) -> Vec<f64> {
    let (axes, mut values) = (grid.axes(), values.to_vec());
    let mut stride = 1;
    for (a, axis) in axes.iter().enumerate() {
        let reach = (REACH * sigma / axis.spacing).ceil() as isize;
        let bell = |k: isize| (-0.5 * (k as f64 * axis.spacing / sigma).powi(2)).exp();
        let weights: Vec<f64> = (-reach..=reach).map(bell).collect();
        let total: f64 = weights.iter().sum();
        let last = axis.nodes as isize - 1;
        let lowest = if a > 0 && a + 1 == axes.len() { (first as isize).min(last) } else { 0 };
        let mean = |node: usize| {
            let along = (node / stride % axis.nodes) as isize;
            let line = node - along as usize * stride;
            let at = |i: isize| values[line + i.clamp(lowest, last) as usize * stride];
            (-reach..).zip(&weights).map(|(k, weight)| weight * at(along + k)).sum::<f64>() / total
        };
        values = (0..grid.len()).into_par_iter().map(mean).collect();
        stride *= axis.nodes;
    }
    values
}
