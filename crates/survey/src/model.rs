//! A model on a grid: the velocity, or another parameter of the medium.

use std::path::{Path, PathBuf};

use fd::{Axis, Grid, Point, coordinate_names};

use crate::data_error::DataError;
use crate::memory;
use document::numbers::{plain, short};

/// P-wave velocity, or another parameter, on a grid.
///
/// # Shapes
/// `values` is `[z, x]`, of a volume `[z, y, x]`, of a line `[x]`: row-major, x fastest.
///
/// # Units
/// m/s for a velocity.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Where the samples are.
    pub grid: Grid,
    /// The values at the nodes.
    pub values: Vec<f64>,
}

/// Plausible velocities of rocks, water and air, m/s.
pub const PLAUSIBLE: [f64; 2] = [100.0, 12000.0];
/// Velocities beyond which a number is no velocity in m/s at all.
pub const CONCEIVABLE: [f64; 2] = [1.0, 100_000.0];

impl Model {
    /// A uniform velocity, m/s.
    #[must_use]
    pub fn uniform(grid: Grid, velocity: f64) -> Model {
        Model { grid, values: vec![velocity; grid.len()] }
    }

    /// The velocity given by a function of x and z (m) at each node, m/s.
    #[must_use]
    pub fn from_fn(grid: Grid, velocity: impl Fn(f64, f64) -> f64) -> Model {
        Model { grid, values: grid.nodes().map(|at| velocity(at.x(), at.z())).collect() }
    }

    /// The squared slowness `m = 1/v^2` in s^2/m^2, `[z, x]`.
    #[must_use]
    pub fn squared_slowness(&self) -> Vec<f64> {
        self.values.iter().map(|v| 1.0 / (v * v)).collect()
    }

    /// Lowest and highest velocity, m/s.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        let lo = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        [lo, hi]
    }

    /// Linear interpolation along each axis at a point; outside the grid the value of the nearest edge is used. What a model
    /// lacks an axis for, it has everywhere along that axis.
    #[must_use]
    pub fn sample(&self, point: impl Into<Point>) -> f64 {
        sample(&self.grid, &self.values, point)
    }

    /// The share of the nodes of a grid that lie within the model. Beyond its edge, the velocities at the edge continue.
    #[must_use]
    pub fn coverage(&self, grid: &Grid) -> f64 {
        let along = |(own, other): (&Axis, &Axis)| {
            // Coordinates are rounded.
            let slack = 1e-6 * own.spacing.max(other.spacing);
            let covered = |at: f64| at >= own.origin - slack && at <= own.last() + slack;
            (0..other.nodes).filter(|i| covered(other.at(*i))).count()
        };
        let named = |grid: &Grid| -> Vec<(&str, Axis)> {
            coordinate_names(grid.dims()).iter().copied().zip(grid.axes()).collect()
        };
        let own = named(&self.grid);
        // A model covers all of an axis that it does not have.
        let covered = |(name, other): &(&str, Axis)| {
            let own = own.iter().find(|(own, _)| own == name);
            own.map_or(other.nodes, |(_, own)| along((own, other)))
        };
        named(grid).iter().map(covered).product::<usize>() as f64 / grid.len() as f64
    }

    /// The model on another grid, by linear interpolation along each axis.
    #[must_use]
    pub fn resample_onto(&self, grid: &Grid) -> Model {
        Model { grid: *grid, values: grid.nodes().map(|p| self.sample(p)).collect() }
    }

    /// The model at another spacing (m) from the same first node, by linear interpolation along each axis.
    ///
    /// The far edge is the last node inside the model.
    ///
    /// # Errors
    /// As [`resampled`].
    pub fn resample(&self, spacing: f64) -> Result<Model, DataError> {
        Ok(self.resample_onto(&resampled(&self.grid, spacing)?))
    }

    /// Whether all velocities are positive numbers.
    #[must_use]
    pub fn is_physical(&self) -> bool {
        self.values.iter().all(|v| v.is_finite() && *v > 0.0)
    }

    /// Checks length and NaN; `path` and the name of the dataset are named in the error.
    ///
    /// # Errors
    /// [`DataError::Shape`] or [`DataError::NotFinite`].
    pub fn check_samples(&self, name: &str, path: &Path) -> Result<(), DataError> {
        if self.values.len() != self.grid.len() {
            return Err(DataError::Shape {
                path: path.to_owned(),
                dataset: name.to_owned(),
                axes: "z, x",
                found: vec![self.values.len()],
                expected: format!("{:?}", self.grid.array_shape()),
            });
        }
        match self.values.iter().position(|v| !v.is_finite()) {
            Some(i) => Err(DataError::NotFinite {
                path: path.to_owned(),
                dataset: name.to_owned(),
                value: self.values[i].to_string(),
                index: crate::hdf5_file::index_in_words(i, &self.grid.array_shape(), self.grid.array_axes()),
            }),
            None => Ok(()),
        }
    }

    /// Checks a velocity model: length, NaN and units; `path` is named in the error, `allowed` is the allowed range of
    /// velocities in m/s.
    ///
    /// # Errors
    /// [`DataError::Shape`], [`DataError::NotFinite`] or [`DataError::Range`].
    pub fn check(&self, allowed: [f64; 2], path: &Path) -> Result<(), DataError> {
        self.check_samples("vp", path)?;
        let [lo, hi] = self.range();
        let outside = if lo < allowed[0] { lo } else { hi };
        if lo < allowed[0] || hi > allowed[1] {
            let km = hi <= 0.001 * allowed[1] && lo >= 0.001 * allowed[0];
            return Err(DataError::Range {
                path: path.to_owned(),
                what: if outside == lo { "the slowest velocity" } else { "the fastest velocity" }.to_owned(),
                found: outside,
                unit: "m/s",
                expected: if allowed[1].is_finite() {
                    format!("{} to {} m/s", allowed[0], allowed[1])
                } else {
                    "more than 0".to_owned()
                },
                advice: if km {
                    "it looks like km/s: multiply by 1000, or import with `--unit km/s`".to_owned()
                } else {
                    "check the unit".to_owned()
                },
            });
        }
        Ok(())
    }
}

/// Bytes that a sample takes until it is exported: coordinates, value and derivatives, and the text of a file.
const BYTES_OF_A_SAMPLE: usize = 64;

/// A grid at another spacing (m) from the same first node; the far edge is the last node that is not outside.
///
/// # Errors
/// [`DataError::Range`] when the spacing is not a length that fits into the grid; [`DataError::Memory`] when so many
/// samples do not fit into the memory.
pub fn resampled(grid: &Grid, spacing: f64) -> Result<Grid, DataError> {
    let path = || PathBuf::from("model");
    let axes = grid.axes();
    let sides: Vec<f64> = axes.iter().map(|axis| axis.last() - axis.origin).collect();
    let nodes: Vec<f64> = sides.iter().map(|side| (side / spacing * (1.0 + 1e-12)).floor() + 1.0).collect();
    if !(spacing.is_finite() && spacing > 0.0 && nodes.iter().all(|n| *n >= 2.0)) {
        return Err(DataError::Range {
            path: path(),
            what: "the new spacing".to_owned(),
            found: spacing,
            unit: "m",
            expected: format!(
                "more than 0 and at most {} m",
                sides.iter().copied().fold(f64::INFINITY, f64::min)
            ),
            advice: "give it in m".to_owned(),
        });
    }
    // Beyond the largest integer the conversion saturates, which no memory is enough for.
    let shape: Vec<usize> = nodes.iter().rev().map(|n| *n as usize).collect();
    let counts: Vec<String> = nodes.iter().rev().map(|n| short(*n)).collect();
    let what = format!("a grid of {} samples {} m apart", counts.join(" x "), plain(spacing));
    memory::require(memory::of_array(&shape, BYTES_OF_A_SAMPLE), &what)
        .map_err(|shortage| DataError::Memory { path: path(), shortage })?;
    let finer = |(axis, nodes): (&Axis, &f64)| Axis { spacing, nodes: *nodes as usize, ..*axis };
    Grid::of_axes(&axes.iter().zip(&nodes).map(finer).collect::<Vec<_>>())
        .map_err(|error| DataError::Text { path: path(), problem: error.to_string() })
}

/// Linear interpolation of values on a grid along each of its axes at a point; outside the grid the value of the nearest
/// edge is used.
pub fn sample(grid: &Grid, values: &[f64], point: impl Into<Point>) -> f64 {
    let point = point.into();
    let along = |coordinate: f64, origin: f64, spacing: f64, n: usize| {
        let t = ((coordinate - origin) / spacing).clamp(0.0, (n - 1) as f64);
        let i = (t.floor() as usize).min(n.saturating_sub(2));
        (i, t - i as f64)
    };
    let (ix, tx) = along(point.x(), grid.origin[0], grid.spacing[0], grid.nx());
    let (iy, ty) = grid.y.map_or((0, 0.0), |y| along(point.y(), y.origin, y.spacing, y.nodes));
    let (iz, tz) = along(point.z(), grid.origin[1], grid.spacing[1], grid.nz());
    // Written so that the value at a node is returned bit for bit.
    let mix = |a: f64, b: &dyn Fn() -> f64, t: f64| if t == 0.0 { a } else { a * (1.0 - t) + b() * t };
    let at = |iz: usize, iy: usize, ix: usize| values[(iz * grid.ny() + iy) * grid.nx() + ix];
    let row = |iz: usize, iy: usize| mix(at(iz, iy, ix), &|| at(iz, iy, ix + 1), tx);
    let plane = |iz: usize| mix(row(iz, iy), &|| row(iz, iy + 1), ty);
    mix(plane(iz), &|| plane(iz + 1), tz)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane() -> Model {
        let grid = Grid::new([-100.0, 50.0], [10.0, 5.0], [21, 11]).unwrap();
        Model::from_fn(grid, |x, z| 2000.0 + 0.5 * x + 0.25 * z + 0.001 * x * z)
    }

    /// Bilinear interpolation reproduces a bilinear function exactly (to rounding), and every node bit for bit.
    #[test]
    fn bilinear_functions_are_reproduced() {
        let model = plane();
        let finer = model.resample(1.0).unwrap();
        assert_eq!(finer.grid.shape, [101, 101]);
        for (p, v) in finer.grid.points().zip(&finer.values) {
            let exact = 2000.0 + 0.5 * p[0] + 0.25 * p[1] + 0.001 * p[0] * p[1];
            assert!((v - exact).abs() < 1e-9);
        }
        assert_eq!(model.resample_onto(&model.grid), model);
    }

    /// A model that covers all, half, a corner or nothing of a grid.
    #[test]
    fn covered_nodes_are_counted() {
        let model = plane();
        assert_eq!(model.coverage(&model.grid), 1.0);
        let grid = |x: f64, z: f64| Grid::new([x, z], [10.0, 5.0], model.grid.shape).unwrap();
        assert!((model.coverage(&grid(-50.0, 50.0)) - 6.0 / 11.0).abs() < 1e-12);
        assert!((model.coverage(&grid(0.0, 150.0)) - 1.0 / 231.0).abs() < 1e-12);
        assert_eq!(model.coverage(&grid(0.1, 50.0)), 0.0);
    }

    /// Beyond the edge the value at the edge is used.
    #[test]
    fn outside_is_the_edge() {
        let model = plane();
        assert_eq!(model.sample([-1e6, -1e6]), model.values[0]);
        assert_eq!(model.sample([1e6, 1e6]), *model.values.last().unwrap());
    }

    /// Trilinear functions are reproduced in a volume, linear ones on a line, and a section is the same along y.
    #[test]
    fn volumes_and_lines() {
        let axis = |origin: f64, nodes: usize| Axis { origin, spacing: 4.0, nodes };
        let axes = [axis(-8.0, 6), axis(3.0, 4), axis(10.0, 5)];
        let function = |at: &Point| 2.0 + at.x() - 0.5 * at.y() + at.z() * (3.0 + 0.1 * at.x() * at.y());
        for grid in [Grid::of_axes(&axes).unwrap(), Grid::of_axes(&axes[..1]).unwrap()] {
            let model = Model { grid, values: grid.nodes().map(|at| function(&at)).collect() };
            let finer = model.resample(1.0).unwrap();
            assert_eq!(
                finer.grid.len(),
                grid.axes().iter().map(|axis| 4 * (axis.nodes - 1) + 1).product::<usize>()
            );
            for (at, found) in finer.grid.nodes().zip(&finer.values) {
                assert!((found - function(&at)).abs() < 1e-9, "{at:?}: {found}");
            }
            assert_eq!(model.coverage(&grid), 1.0);
        }
        assert_eq!(plane().sample([20.0, 7e3, 60.0]), plane().sample([20.0, 60.0]));
    }

    /// A spacing that leaves fewer than two nodes, or is not a length, is rejected with its number.
    #[test]
    fn bad_spacings_are_refused() {
        for spacing in [0.0, -5.0, f64::NAN, 1000.0] {
            assert!(matches!(plane().resample(spacing), Err(DataError::Range { .. })));
        }
    }

    /// km/s instead of m/s is recognised.
    #[test]
    fn km_per_second_is_recognised() {
        let mut model = plane();
        model.check(PLAUSIBLE, Path::new("m.h5")).unwrap();
        model.values.iter_mut().for_each(|v| *v *= 1e-3);
        let error = model.check(PLAUSIBLE, Path::new("m.h5")).unwrap_err().to_string();
        assert!(error.contains("m.h5: the slowest velocity is 1.9") && error.contains("km/s"), "{error}");
        model.values[7] = f64::NAN;
        let error = model.check(PLAUSIBLE, Path::new("m.h5")).unwrap_err().to_string();
        assert_eq!(error, "m.h5: vp is NaN at z 0, x 7");
    }
}
