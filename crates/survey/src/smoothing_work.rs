//! How long a Gaussian may be that a grid is smoothed with.

use fd::Grid;

/// Most products of a smoothing: about ten seconds.
const MOST_PRODUCTS: f64 = 1e10;

/// The longest standard deviation in m: the longer side of the grid, or less where that many `passes` along its lines would
/// take too long. The Gaussian ends after `reach` standard deviations.
#[must_use]
pub(crate) fn longest(grid: &Grid, passes: f64, reach: f64) -> f64 {
    let axes = grid.axes();
    let side = axes.iter().map(|axis| axis.last() - axis.origin).fold(0.0, f64::max);
    let spacing = axes.iter().map(|axis| axis.spacing).fold(f64::INFINITY, f64::min);
    let nodes = MOST_PRODUCTS / (2.0 * reach * passes * grid.len() as f64);
    side.min(nodes * spacing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small grid can be smoothed over all of its length, a large one cannot.
    #[test]
    fn work_is_limited() {
        let grid = |n: usize| Grid::new([0.0, 0.0], [10.0, 5.0], [n, n]).unwrap();
        assert_eq!(longest(&grid(101), 2.0, 4.0), 1000.0);
        let large = longest(&grid(4001), 2.0, 4.0);
        assert!((100.0..1000.0).contains(&large), "{large}");
    }
}
