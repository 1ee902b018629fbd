//! A regular grid over a box.

use crate::{Domain, FdError, Point};

/// The nodes of a grid along an axis.
///
/// # Units
/// m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Coordinate of the first node.
    pub origin: f64,
    /// Distance between nodes.
    pub spacing: f64,
    /// Number of nodes.
    pub nodes: usize,
}

impl Axis {
    /// Coordinate of the last node, m.
    #[must_use]
    pub fn last(&self) -> f64 {
        self.at(self.nodes - 1)
    }

    /// Coordinate of a node, m.
    #[must_use]
    pub fn at(&self, node: usize) -> f64 {
        self.origin + node as f64 * self.spacing
    }
}

/// A regular grid of nodes: a section along x and z, a volume with y too, or a line along x.
///
/// Most of the crate is about sections. [`Grid::nodes`], [`Grid::cell`] and the methods that take a [`Point`] serve all
/// dimensions; those with `[x, z]` serve sections.
///
/// # Shapes
/// Arrays on the grid are `[z, x]`, `[z, y, x]` or `[x]`, row-major: index `(iz * ny + iy) * nx + ix`.
///
/// # Units
/// m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Position of the first node, `[x, z]`; z = 0 for a line.
    pub origin: [f64; 2],
    /// Distance between nodes, `[dx, dz]`; for a line dz is dx.
    pub spacing: [f64; 2],
    /// Number of nodes, `[nz, nx]`; for a line nz is 1.
    pub shape: [usize; 2],
    /// The nodes along y, of a volume.
    pub y: Option<Axis>,
}

impl Grid {
    /// A grid from its first node, spacing and shape.
    ///
    /// # Errors
    /// [`FdError::InvalidGrid`] if a spacing is not positive and finite, or an axis has fewer than two nodes.
    pub fn new(origin: [f64; 2], spacing: [f64; 2], shape: [usize; 2]) -> Result<Grid, FdError> {
        let grid = Grid { origin, spacing, shape, y: None };
        let positive = spacing.iter().all(|h| h.is_finite() && *h > 0.0);
        if !positive || origin.iter().any(|o| !o.is_finite()) || shape.iter().any(|n| *n < 2) {
            return Err(FdError::InvalidGrid { origin, spacing, shape });
        }
        Ok(grid)
    }

    /// A grid along all axes that exist: `[x]`, `[x, z]` or `[x, y, z]`.
    ///
    /// # Errors
    /// [`FdError::InvalidMesh`] if there are not one to three axes, or a number of theirs is not that of an axis: a spacing is
    /// positive and finite, an origin finite, and there are two nodes or more.
    pub fn of_axes(axes: &[Axis]) -> Result<Grid, FdError> {
        let good = |axis: &Axis| {
            axis.origin.is_finite() && axis.spacing.is_finite() && axis.spacing > 0.0 && axis.nodes >= 2
        };
        let section = |x: Axis, z: Axis, y: Option<Axis>| Grid {
            origin: [x.origin, z.origin],
            spacing: [x.spacing, z.spacing],
            shape: [z.nodes, x.nodes],
            y,
        };
        match *axes {
            [x] if good(&x) => Ok(section(x, Axis { origin: 0.0, spacing: x.spacing, nodes: 1 }, None)),
            [x, z] if [x, z].iter().all(good) => Ok(section(x, z, None)),
            [x, y, z] if [x, y, z].iter().all(good) => Ok(section(x, z, Some(y))),
            _ => Err(FdError::InvalidMesh {
                origin: axes.iter().map(|axis| axis.origin).collect(),
                spacing: axes.iter().map(|axis| axis.spacing).collect(),
                shape: axes.iter().map(|axis| axis.nodes).collect(),
            }),
        }
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

    /// Number of dimensions.
    #[must_use]
    pub fn dims(&self) -> usize {
        if self.y.is_some() { 3 } else { 2 - usize::from(self.shape[0] == 1) }
    }

    /// The axes that exist, ordered as the coordinates of points.
    #[must_use]
    pub fn axes(&self) -> Vec<Axis> {
        let axis =
            |a: usize| Axis { origin: self.origin[a], spacing: self.spacing[a], nodes: self.shape[1 - a] };
        let z = (self.shape[0] > 1).then(|| axis(1));
        [Some(axis(0)), self.y, z].into_iter().flatten().collect()
    }

    /// Number of nodes along each axis that exists, in the order of arrays: `[nz, nx]`, `[nz, ny, nx]` or `[nx]`.
    #[must_use]
    pub fn array_shape(&self) -> Vec<usize> {
        self.axes().iter().rev().map(|axis| axis.nodes).collect()
    }

    /// The names of the axes in the order of arrays.
    #[must_use]
    pub fn array_axes(&self) -> &'static [&'static str] {
        match self.dims() {
            1 => &["x"],
            2 => &["z", "x"],
            _ => &["z", "y", "x"],
        }
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape[0] * self.ny() * self.shape[1]
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

    /// Number of nodes along y, 1 unless the grid is a volume.
    #[must_use]
    pub fn ny(&self) -> usize {
        self.y.map_or(1, |axis| axis.nodes)
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

    /// Position `[x, z]` of the node of a section at an index of an array `[z, x]`.
    #[must_use]
    pub fn point(&self, index: usize) -> [f64; 2] {
        debug_assert!(self.y.is_none(), "a node of a volume has three coordinates");
        [self.x(index % self.nx()), self.z(index / self.nx())]
    }

    /// Positions `[x, z]` of all nodes of a section, in array order.
    pub fn points(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        (0..self.len()).map(|i| self.point(i))
    }

    /// Position of the node at an index of an array.
    #[must_use]
    pub fn node(&self, index: usize) -> Point {
        let (row, x) = (index / self.nx(), self.x(index % self.nx()));
        match self.y {
            Some(y) => [x, y.at(row % y.nodes), self.z(row / y.nodes)].into(),
            None if self.dims() == 1 => Point::line(x),
            None => [x, self.z(row)].into(),
        }
    }

    /// Positions of all nodes, in array order.
    pub fn nodes(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.len()).map(|i| self.node(i))
    }

    /// Length, area or volume of the cell around a node, m^dims.
    #[must_use]
    pub fn cell(&self) -> f64 {
        self.axes().iter().map(|axis| axis.spacing).product()
    }

    /// The box whose corners are the outermost nodes.
    #[must_use]
    pub fn domain(&self) -> Domain {
        let y = self.y.map(|axis| [axis.origin, axis.last()]);
        Domain { lo: self.origin, hi: [self.x(self.nx() - 1), self.z(self.nz() - 1)], y }
    }

    /// Whether a point of a section is inside or on the outermost nodes, with a tolerance of half a billionth of a cell for
    /// rounding.
    #[must_use]
    pub fn covers(&self, point: [f64; 2]) -> bool {
        let Domain { lo, hi, .. } = self.domain();
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
    average_over_cells(grid, samples, |point| function(point.x(), point.z()))
}

/// The same for a function of a point, in any dimension, by `samples` midpoints along each axis.
///
/// # Shapes
/// As arrays of the grid.
#[must_use]
pub fn average_over_cells(grid: &Grid, samples: usize, function: impl Fn(&Point) -> f64) -> Vec<f64> {
    let samples = samples.max(1);
    let offset = |k: usize| (k as f64 + 0.5) / samples as f64 - 0.5;
    let along = |exists: bool| if exists { samples } else { 1 };
    let (across, down) = (along(grid.y.is_some()), along(grid.dims() > 1));
    let dy = grid.y.map_or(0.0, |axis| axis.spacing);
    let average = |node: Point| {
        let mut sum = 0.0;
        for i in 0..down {
            let z = node.z() + offset(i) * grid.spacing[1];
            for j in 0..across {
                let y = node.y() + offset(j) * dy;
                for k in 0..samples {
                    sum += function(&node.with([node.x() + offset(k) * grid.spacing[0], y, z]));
                }
            }
        }
        sum / (samples * across * down) as f64
    };
    grid.nodes().map(average).collect()
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
        let area = inside.iter().sum::<f64>() * grid.cell();
        assert!((area / (std::f64::consts::PI * 1e4) - 1.0).abs() < 2e-3, "area {area}");
    }

    /// index, point, x and z agree, and the domain's corners are covered.
    #[test]
    fn nodes_and_corners_agree() {
        let domain = Domain::section([-1.0, 2.0], [2.0, 4.0]);
        let grid = Grid::over(&domain, [5, 4]).unwrap();
        assert_eq!(grid.spacing, [1.0, 0.5]);
        assert_eq!(grid.point(grid.index(3, 2)), [grid.x(2), grid.z(3)]);
        assert!(grid.covers(domain.lo) && grid.covers(domain.hi) && !grid.covers([-1.1, 3.0]));
        assert!(domain.covers([0.0, 3.0]) && !domain.covers([0.0, 5.0]));
    }

    /// The spacing is the closest one that fits; impossible spacings are rejected.
    #[test]
    fn grids_of_a_spacing() {
        let domain = Domain::section([-1.0, 2.0], [2.0, 4.0]);
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

    /// A grid of each dimension: nodes in array order, with x fastest, then y, then z.
    #[test]
    fn lines_sections_and_volumes() {
        let axis = |origin: f64, nodes: usize| Axis { origin, spacing: 2.0, nodes };
        let all = [axis(1.0, 3), axis(10.0, 4), axis(100.0, 5)];
        for (axes, shape, last) in [
            (&all[..1], vec![3], Point::line(5.0)),
            (&[all[0], all[2]], vec![5, 3], [5.0, 108.0].into()),
            (&all[..], vec![5, 4, 3], [5.0, 16.0, 108.0].into()),
        ] {
            let grid = Grid::of_axes(axes).unwrap();
            assert_eq!((grid.dims(), grid.axes(), grid.array_shape()), (axes.len(), axes.to_vec(), shape));
            assert_eq!(grid.array_axes().len(), axes.len());
            assert_eq!(grid.nodes().count(), grid.len());
            assert_eq!(grid.node(grid.len() - 1), last);
            assert_eq!(grid.cell(), 2.0_f64.powi(axes.len() as i32));
            assert!(grid.nodes().all(|node| grid.domain().holds(&node)));
        }
        let volume = Grid::of_axes(&all).unwrap();
        assert_eq!(volume.node((2 * 4 + 1) * 3 + 2), Point::from([5.0, 12.0, 104.0]));
        assert!(Grid::of_axes(&[]).is_err() && Grid::of_axes(&[axis(0.0, 1)]).is_err());
    }

    /// A grid that cannot hold a stencil is rejected with its numbers.
    #[test]
    fn bad_grids_are_refused() {
        for (spacing, shape) in [([0.0, 1.0], [3, 3]), ([1.0, f64::NAN], [3, 3]), ([1.0, 1.0], [1, 3])] {
            assert!(matches!(Grid::new([0.0; 2], spacing, shape), Err(FdError::InvalidGrid { .. })));
        }
    }
}
