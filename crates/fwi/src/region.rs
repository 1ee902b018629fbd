//! The part of a grid where the velocity may change.

use fd::{Axis, Domain, Grid, coordinate_names};

use crate::inversion_error::InversionError;

/// The nodes of a grid inside a region, as a separate grid.
#[derive(Debug, Clone)]
pub struct SubGrid {
    /// The nodes inside.
    pub grid: Grid,
    /// Their indices in the whole grid.
    pub nodes: Vec<usize>,
}

impl SubGrid {
    /// The nodes of `whole` inside `region`.
    ///
    /// # Errors
    /// [`InversionError::Region`] if there are fewer than two along an axis.
    pub fn new(whole: &Grid, region: &Domain) -> Result<Self, InversionError> {
        // A region without sides along y is as long as the grid.
        let region = Domain { y: region.y.or(whole.domain().y), ..*region };
        let sides = region.sides();
        let mut axes = Vec::new();
        for ((axis, [lo, hi]), name) in whole.axes().iter().zip(&sides).zip(coordinate_names(whole.dims())) {
            let inside = |i: &usize| (lo - 1e-9..=hi + 1e-9).contains(&axis.at(*i));
            let nodes = (0..axis.nodes).filter(inside).count();
            if nodes < 2 {
                return Err(InversionError::Region { axis: name, found: nodes });
            }
            let first = (0..axis.nodes).find(inside).unwrap_or(0);
            axes.push(Axis { origin: axis.at(first), nodes, ..*axis });
        }
        let (grid, region) = (Grid::of_axes(&axes)?, region.shrunk(-1e-9));
        let nodes =
            whole.nodes().enumerate().filter(|(_, node)| region.holds(node)).map(|(i, _)| i).collect();
        Ok(Self { grid, nodes })
    }

    /// All nodes.
    #[must_use]
    pub fn whole(grid: &Grid) -> Self {
        Self { grid: *grid, nodes: (0..grid.len()).collect() }
    }

    /// Squared slowness `background * (1 + contrast)` on the whole grid.
    #[must_use]
    pub fn slowness(&self, background: &[f64], contrast: &[f64]) -> Vec<f64> {
        let mut m = background.to_vec();
        for (&node, q) in self.nodes.iter().zip(contrast) {
            m[node] *= 1.0 + q;
        }
        m
    }

    /// dJ/d(contrast) from dJ/dm on the whole grid.
    #[must_use]
    pub fn by_contrast(&self, background: &[f64], gradient: &[f64]) -> Vec<f64> {
        self.nodes.iter().map(|&node| gradient[node] * background[node]).collect()
    }
}

/// A grid of cells of about `spacing` that fills a region.
///
/// # Errors
/// [`InversionError::Fd`] for an empty region.
pub fn cells(region: &Domain, spacing: f64) -> Result<Grid, InversionError> {
    let n: [usize; 2] =
        std::array::from_fn(|a| (((region.hi[a] - region.lo[a]) / spacing).round() as usize).max(2));
    let h: [f64; 2] = std::array::from_fn(|a| (region.hi[a] - region.lo[a]) / n[a] as f64);
    let origin = std::array::from_fn(|a| region.lo[a] + 0.5 * h[a]);
    Ok(Grid::new(origin, h, [n[1], n[0]])?)
}
