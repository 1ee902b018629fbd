//! The part of a grid where the velocity may change.

use fd::{Domain, Grid};

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
        let inside = |a: usize, c: f64| c >= region.lo[a] - 1e-9 && c <= region.hi[a] + 1e-9;
        let columns: Vec<usize> = (0..whole.nx()).filter(|&ix| inside(0, whole.x(ix))).collect();
        let rows: Vec<usize> = (0..whole.nz()).filter(|&iz| inside(1, whole.z(iz))).collect();
        for (axis, found) in [("x", columns.len()), ("z", rows.len())] {
            if found < 2 {
                return Err(InversionError::Region { axis, found });
            }
        }
        let origin = [whole.x(columns[0]), whole.z(rows[0])];
        let grid = Grid::new(origin, whole.spacing, [rows.len(), columns.len()])?;
        let nodes = rows.iter().flat_map(|&iz| columns.iter().map(move |&ix| whole.index(iz, ix))).collect();
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
