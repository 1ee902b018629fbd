//! A box in metres, and a regular grid over it.

use crate::FdError;

/// A box with sides along the axes.
///
/// # Units
/// m, points are `[x, z]`, z down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Domain {
    /// Smallest x and z.
    pub lo: [f64; 2],
    /// Largest x and z.
    pub hi: [f64; 2],
}

impl Domain {
    /// Whether a point is inside or on the edge.
    #[must_use]
    pub fn covers(&self, point: [f64; 2]) -> bool {
        (0..2).all(|a| self.lo[a] <= point[a] && point[a] <= self.hi[a])
    }
}

/// A regular grid of nodes.
///
/// # Shapes
/// Arrays on the grid are `[z, x]`, row-major: index `iz * nx + ix`.
///
/// # Units
/// m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Position of node (0, 0), `[x, z]`.
    pub origin: [f64; 2],
    /// Distance between nodes, `[dx, dz]`.
    pub spacing: [f64; 2],
    /// Number of nodes, `[nz, nx]`.
    pub shape: [usize; 2],
}

impl Grid {
    /// A grid from its first node, spacing and shape.
    ///
    /// # Errors
    /// [`FdError::InvalidGrid`] if a spacing is not positive and finite, or an axis has fewer than two nodes.
    pub fn new(origin: [f64; 2], spacing: [f64; 2], shape: [usize; 2]) -> Result<Grid, FdError> {
        let grid = Grid { origin, spacing, shape };
        let positive = spacing.iter().all(|h| h.is_finite() && *h > 0.0);
        if !positive || origin.iter().any(|o| !o.is_finite()) || shape.iter().any(|n| *n < 2) {
            return Err(FdError::InvalidGrid { origin, spacing, shape });
        }
        Ok(grid)
    }

    /// The grid of `[nz, nx]` nodes whose outermost nodes lie on the edges of `domain`.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn over(domain: &Domain, shape: [usize; 2]) -> Result<Grid, FdError> {
        let side = |axis: usize, n: usize| (domain.hi[axis] - domain.lo[axis]) / (n.max(2) - 1) as f64;
        Grid::new(domain.lo, [side(0, shape[1]), side(1, shape[0])], shape)
    }

    /// The grid over `domain` with the spacing closest to `spacing` (m) that divides its sides into whole cells.
    ///
    /// # Errors
    /// As [`Grid::new`]: the spacing must be positive, and at most about the length of each side.
    pub fn with_spacing(domain: &Domain, spacing: f64) -> Result<Grid, FdError> {
        let cells = |axis: usize| ((domain.hi[axis] - domain.lo[axis]) / spacing).round();
        let valid = |cells: f64| (1.0..1e9).contains(&cells);
        if !valid(cells(0)) || !valid(cells(1)) {
            let shape = [cells(1), cells(0)].map(|cells| (cells + 1.0) as usize);
            return Err(FdError::InvalidGrid { origin: domain.lo, spacing: [spacing; 2], shape });
        }
        Grid::over(domain, [cells(1), cells(0)].map(|cells| cells as usize + 1))
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape[0] * self.shape[1]
    }

    /// Whether there are no nodes; never for a grid made by [`Grid::new`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of nodes along x.
    #[must_use]
    pub fn nx(&self) -> usize {
        self.shape[1]
    }

    /// Number of nodes along z.
    #[must_use]
    pub fn nz(&self) -> usize {
        self.shape[0]
    }

    /// Index of a node in an array `[z, x]`.
    #[must_use]
    pub fn index(&self, iz: usize, ix: usize) -> usize {
        iz * self.shape[1] + ix
    }

    /// x of a column of nodes, m.
    #[must_use]
    pub fn x(&self, ix: usize) -> f64 {
        self.origin[0] + ix as f64 * self.spacing[0]
    }

    /// z of a row of nodes, m.
    #[must_use]
    pub fn z(&self, iz: usize) -> f64 {
        self.origin[1] + iz as f64 * self.spacing[1]
    }

    /// Position `[x, z]` of the node at an index of an array `[z, x]`.
    #[must_use]
    pub fn point(&self, index: usize) -> [f64; 2] {
        [self.x(index % self.nx()), self.z(index / self.nx())]
    }

    /// Positions of all nodes, in array order.
    pub fn points(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        (0..self.len()).map(|i| self.point(i))
    }

    /// Area of the cell around a node, m^2.
    #[must_use]
    pub fn cell_area(&self) -> f64 {
        self.spacing[0] * self.spacing[1]
    }

    /// The box whose corners are the outermost nodes.
    #[must_use]
    pub fn domain(&self) -> Domain {
        Domain { lo: self.origin, hi: [self.x(self.nx() - 1), self.z(self.nz() - 1)] }
    }

    /// Whether a point is inside or on the outermost nodes, with a tolerance of half a billionth of a cell for
    /// rounding.
    #[must_use]
    pub fn covers(&self, point: [f64; 2]) -> bool {
        let Domain { lo, hi } = self.domain();
        (0..2).all(|a| {
            let slack = 5e-10 * self.spacing[a];
            lo[a] - slack <= point[a] && point[a] <= hi[a] + slack
        })
    }

    /// Checks that an array has one value per node.
    pub(crate) fn expect_len(&self, what: &'static str, found: usize) -> Result<(), FdError> {
        if found == self.len() { Ok(()) } else { Err(FdError::Length { what, found, expected: self.len() }) }
    }
}

/// Averages a function over the cell around every node by `samples x samples` midpoints.
///
/// A medium with jumps (a disc, a layer boundary) that is sampled this way keeps the Helmholtz solution second-order
/// accurate in the position of the jump. Point samples move the boundary by up to half a cell.
///
/// # Shapes
/// Returns `[z, x]`.
#[must_use]
pub fn average_on_grid(grid: &Grid, samples: usize, function: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let samples = samples.max(1);
    let offset = |k: usize| (k as f64 + 0.5) / samples as f64 - 0.5;
    grid.points()
        .map(|[x, z]| {
            let mut sum = 0.0;
            for i in 0..samples {
                for k in 0..samples {
                    sum += function(x + offset(k) * grid.spacing[0], z + offset(i) * grid.spacing[1]);
                }
            }
            sum / (samples * samples) as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells tile the plane, so the averages of an indicator sum to the disc's area. Each of the ~2 pi a / h rim
    /// cells has an error of at most h^2/s, here far less than 1 % of pi a^2 = 31 416 m^2.
    #[test]
    fn averages_of_a_disc_sum_to_its_area() {
        let grid = Grid::new([-200.0, -200.0], [20.0, 16.0], [26, 21]).unwrap();
        let inside = average_on_grid(&grid, 16, |x, z| f64::from(u8::from(x.hypot(z) < 100.0)));
        let area = inside.iter().sum::<f64>() * grid.cell_area();
        assert!((area / (std::f64::consts::PI * 1e4) - 1.0).abs() < 2e-3, "area {area}");
    }

    /// index, point, x and z agree, and the domain's corners are covered.
    #[test]
    fn nodes_and_corners_agree() {
        let domain = Domain { lo: [-1.0, 2.0], hi: [2.0, 4.0] };
        let grid = Grid::over(&domain, [5, 4]).unwrap();
        assert_eq!(grid.spacing, [1.0, 0.5]);
        assert_eq!(grid.point(grid.index(3, 2)), [grid.x(2), grid.z(3)]);
        assert!(grid.covers(domain.lo) && grid.covers(domain.hi) && !grid.covers([-1.1, 3.0]));
        assert!(domain.covers([0.0, 3.0]) && !domain.covers([0.0, 5.0]));
    }

    /// The spacing is the closest one that fits; impossible spacings are rejected.
    #[test]
    fn grids_of_a_spacing() {
        let domain = Domain { lo: [-1.0, 2.0], hi: [2.0, 4.0] };
        let grid = Grid::with_spacing(&domain, 0.7).unwrap();
        assert_eq!((grid.shape, grid.domain()), ([4, 5], domain));
        assert_eq!(grid.spacing, [0.75, 2.0 / 3.0]);
        for spacing in [0.0, -0.5, f64::NAN, 1e-12, 50.0] {
            assert!(
                matches!(Grid::with_spacing(&domain, spacing), Err(FdError::InvalidGrid { .. })),
                "{spacing}"
            );
        }
    }

    /// A grid that cannot hold a stencil is rejected with its numbers.
    #[test]
    fn bad_grids_are_refused() {
        for (spacing, shape) in [([0.0, 1.0], [3, 3]), ([1.0, f64::NAN], [3, 3]), ([1.0, 1.0], [1, 3])] {
            assert!(matches!(Grid::new([0.0; 2], spacing, shape), Err(FdError::InvalidGrid { .. })));
        }
    }
}
