//! The shape of a known change: a checkerboard or spikes.

use std::f64::consts::PI;
use std::fmt;

use document::numbers::short;
use fd::{Axis, Domain, Grid, Point};
use scenario::error::FwiError;

use super::cell::Cell;

/// How far a spike reaches, in standard deviations: it is smaller than 5 % beyond.
const REACH: f64 = 2.5;

/// Cells of the grid in the standard deviation of a spike, unless it is given.
const WIDTH: f64 = 2.0;

/// The shape of a known change.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// Cells of this side in m with alternating signs: a product of sines along the axes, zero at the sides of cells.
    Checkerboard(f64),
    /// Gaussians at these places with this standard deviation in m, by default two cells of the grid.
    Spikes(Vec<Point>, Option<f64>),
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Checkerboard(length) => write!(f, "checkerboard of {} m", short(*length)),
            Self::Spikes(places, _) => {
                let at = |place: &Point| {
                    let numbers: Vec<String> = place.coordinates().iter().map(|v| short(*v)).collect();
                    format!("({})", numbers.join(", "))
                };
                let places: Vec<String> = places.iter().map(at).collect();
                write!(f, "spikes at {} m", places.join(", "))
            }
        }
    }
}

impl Pattern {
    /// The argument that it is given by.
    pub(super) fn argument(&self) -> &'static str {
        match self {
            Self::Checkerboard(_) => "--checkerboard",
            Self::Spikes(..) => "--spike",
        }
    }

    /// Rejects a pattern that the grid of the region does not carry.
    ///
    /// # Errors
    /// [`FwiError::Argument`] for cells and spikes that are smaller than two cells of the grid or larger than the region, and spikes
    /// outside the region.
    pub(super) fn check(&self, region: &Grid) -> Result<(), FwiError> {
        let wrong = |argument: &'static str, found: String, problem: &'static str, expected: String| {
            Err(FwiError::Argument { argument, found, problem, expected })
        };
        let axes = region.axes();
        let coarsest = axes.iter().map(|axis| axis.spacing).fold(0.0, f64::max);
        let side = axes.iter().map(|axis| axis.last() - axis.origin).fold(f64::INFINITY, f64::min);
        match self {
            Self::Checkerboard(length) => {
                let expected = format!("{} to {} m", short(2.0 * coarsest), short(side));
                if *length < 2.0 * coarsest * (1.0 - 1e-9) {
                    return wrong(
                        "--checkerboard",
                        short(*length),
                        "is less than two cells of the grid",
                        expected,
                    );
                }
                if *length > side * (1.0 + 1e-9) {
                    return wrong("--checkerboard", short(*length), "does not fit into the region", expected);
                }
            }
            Self::Spikes(places, width) => {
                let expected = format!("{} to {} m", short(coarsest), short(0.5 * side));
                if let Some(width) =
                    width.filter(|width| !(coarsest * (1.0 - 1e-9)..=0.5 * side).contains(width))
                {
                    return wrong(
                        "--width",
                        short(width),
                        "is too small or too large for the region",
                        expected,
                    );
                }
                let domain = region.domain();
                let names = fd::coordinate_names(axes.len()).join(",");
                for place in places {
                    let found: Vec<String> = place.coordinates().iter().map(f64::to_string).collect();
                    if place.dims() != axes.len() {
                        let expected = format!("{names} in m");
                        return wrong("--spike", found.join(","), "has other axes than the grid", expected);
                    }
                    if !domain.shrunk(-1e-6).holds(place) {
                        let sides: Vec<String> = fd::coordinate_names(axes.len())
                            .iter()
                            .zip(&axes)
                            .map(|(name, axis)| format!("{name} from {} to {} m", axis.origin, axis.last()))
                            .collect();
                        let problem = "is outside the region of the inversion";
                        return wrong("--spike", found.join(","), problem, sides.join(", "));
                    }
                }
            }
        }
        Ok(())
    }

    /// The change at the nodes of the region, from -1 to 1.
    pub(super) fn values(&self, region: &Grid) -> Vec<f64> {
        let axes = region.axes();
        match self {
            Self::Checkerboard(length) => {
                let along = |v: f64, axis: &Axis| {
                    let place = v - axis.origin;
                    let inside = place < cells_along(axis, *length) as f64 * length;
                    if inside { (PI * place / length).sin() } else { 0.0 }
                };
                let at =
                    |node: Point| node.coordinates().iter().zip(&axes).map(|(v, a)| along(*v, a)).product();
                region.nodes().map(at).collect()
            }
            Self::Spikes(places, _) => {
                let width = self.width(region);
                let bell = |r: f64| (-0.5 * (r / width).powi(2)).exp();
                let at =
                    |node: Point| places.iter().map(|place| bell(node.distance(place))).fold(0.0, f64::max);
                region.nodes().map(at).collect()
            }
        }
    }

    /// The length of windows in m, over which the recovery is measured around every node.
    pub(super) fn window(&self, grid: &Grid) -> f64 {
        match self {
            Self::Checkerboard(length) => *length,
            Self::Spikes(..) => 2.0 * REACH * self.width(grid),
        }
    }

    fn width(&self, grid: &Grid) -> f64 {
        match self {
            Self::Spikes(_, Some(width)) => *width,
            _ => WIDTH * grid.axes().iter().map(|axis| axis.spacing).fold(0.0, f64::max),
        }
    }

    /// The boxes of the pattern in a region of a grid, x fastest.
    pub(super) fn cells(&self, region: &Domain, grid: &Grid) -> Cells {
        let boxes = match self {
            Self::Checkerboard(length) => {
                let Ok(region) = fwi::region::SubGrid::new(grid, region) else { return Cells::default() };
                let axes = region.grid.axes();
                let counts: Vec<usize> = axes.iter().map(|axis| cells_along(axis, *length)).collect();
                let one = |mut index: usize| {
                    let side = |(axis, count): (&Axis, &usize)| {
                        let lo = axis.origin + (index % count) as f64 * length;
                        index /= count;
                        [lo, lo + length]
                    };
                    Cell { sides: axes.iter().zip(&counts).map(side).collect() }
                };
                (0..counts.iter().product()).map(one).collect()
            }
            Self::Spikes(places, _) => {
                let reach = REACH * self.width(grid);
                let one = |place: &Point| Cell {
                    sides: place.coordinates().iter().map(|v| [v - reach, v + reach]).collect(),
                };
                places.iter().map(one).collect()
            }
        };
        Cells { boxes, window: self.window(grid) }
    }
}

/// The whole cells along an axis.
fn cells_along(axis: &Axis, length: f64) -> usize {
    ((axis.last() - axis.origin) / length * (1.0 + 1e-9)).floor() as usize
}

/// The boxes of a pattern.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    pub(super) boxes: Vec<Cell>,
    /// The length of windows in m.
    pub(super) window: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::new([100.0, 50.0], [10.0, 10.0], [26, 31]).unwrap()
    }

    /// The sign alternates from cell to cell, the middle of a cell has the amplitude, and its sides are zero; nothing is outside whole
    /// cells, and every node inside whole cells is in one of them.
    #[test]
    fn checkerboard() {
        let (grid, pattern) = (grid(), Pattern::Checkerboard(80.0));
        pattern.check(&grid).unwrap();
        let values = pattern.values(&grid);
        let at = |ix: usize, iz: usize| values[grid.index(iz, ix)];
        assert!(
            (at(4, 4) - 1.0).abs() < 1e-12
                && (at(12, 4) + 1.0).abs() < 1e-12
                && (at(12, 12) - 1.0).abs() < 1e-12
        );
        assert!(at(8, 3).abs() < 1e-12 && at(25, 4) == 0.0 && at(4, 25) == 0.0);
        let cells = pattern.cells(&grid.domain(), &grid).boxes;
        assert_eq!(
            (cells.len(), cells[0].centre(), cells[8].centre()),
            (9, vec![140.0, 90.0], vec![300.0, 250.0])
        );
        let mut counts = vec![0; grid.len()];
        cells.iter().flat_map(|cell| cell.nodes(&grid)).for_each(|node| counts[node] += 1);
        for (node, count) in grid.nodes().zip(counts) {
            assert_eq!(count, usize::from(node.x() < 339.0 && node.z() < 289.0), "{node:?}");
        }
    }

    /// A spike has its largest value at its node, and falls as a Gaussian.
    #[test]
    fn spikes() {
        let grid = grid();
        let pattern = Pattern::Spikes(vec![[200.0, 150.0].into(), [350.0, 250.0].into()], None);
        pattern.check(&grid).unwrap();
        let values = pattern.values(&grid);
        assert_eq!(values[grid.index(10, 10)], 1.0);
        assert!((values[grid.index(10, 12)] - (-0.5_f64).exp()).abs() < 1e-12);
        assert_eq!(pattern.cells(&grid.domain(), &grid).boxes[0].sides, [[150.0, 250.0], [100.0, 200.0]]);
    }

    #[test]
    fn what_the_grid_does_not_carry() {
        let spike = |place: Point| Pattern::Spikes(vec![place], None);
        for (pattern, says) in [
            (Pattern::Checkerboard(19.0), "less than two cells"),
            (Pattern::Checkerboard(260.0), "does not fit into the region"),
            (spike([90.0, 100.0].into()), "outside the region"),
            (spike([100.0, 100.0, 100.0].into()), "other axes"),
            (Pattern::Spikes(vec![[200.0, 150.0].into()], Some(5.0)), "--width 5: is too small"),
        ] {
            let error = pattern.check(&grid()).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
