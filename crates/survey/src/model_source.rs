//! Velocity models from their description in the scenario.

use std::path::{Path, PathBuf};

use fd::analytic::Cylinder;
use fd::{Grid, Point};

use crate::data_error::DataError;
use crate::gaussian;
use crate::medium::{ModelChoice, Smooth};
use crate::model::Model;
use crate::parameter::Quantity;

/// Samples a side of the average over a cell, fewer in a volume.
pub(crate) fn subcells(grid: &Grid) -> usize {
    if grid.y.is_some() { 4 } else { 8 }
}

/// A velocity model that can be sampled on any grid.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSource {
    /// The description in the scenario.
    pub choice: ModelChoice,
    /// The file, if the model is in one; of an earlier inversion, its result.
    pub file: Option<PathBuf>,
    /// The true model, for models derived from it.
    pub truth: Option<Box<ModelSource>>,
}

impl ModelSource {
    /// The model on a grid, m/s, as arrays of the grid.
    ///
    /// Discs and layers are averaged over the cell around each node, in squared slowness, which multiplies the
    /// wavefield in the equation; a file is interpolated.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read.
    pub fn sample(&self, grid: &Grid) -> Result<Model, DataError> {
        if let (Some(path), ModelChoice::File(file)) = (&self.file, &self.choice) {
            return Ok(file.read(path, &Quantity::velocity())?.model.resample_onto(grid));
        }
        if let ModelChoice::Inversion(_) = &self.choice {
            // Whoever runs the inversion knows where the result of the earlier one is.
            let path = self.file.as_deref().unwrap_or(Path::new("model.h5"));
            return Ok(Model::read(path)?.resample_onto(grid));
        }
        if let (ModelChoice::Smooth(smooth), Some(truth)) = (&self.choice, &self.truth) {
            return Ok(smoothed(&truth.sample(grid)?, smooth));
        }
        let velocity = |at: &Point| self.choice.as_dyn().velocity_at(at).unwrap_or(f64::NAN);
        let vp = match self.choice {
            ModelChoice::Uniform(_) | ModelChoice::Gradient(_) => {
                grid.nodes().map(|at| velocity(&at)).collect()
            }
            _ => {
                let m = fd::average_over_cells(grid, subcells(grid), |at| velocity(at).powi(-2));
                // A cell with a single velocity keeps it to the last bit.
                let exact = grid.nodes().zip(&m).map(|(at, m)| {
                    let v = velocity(&at);
                    if (m * v * v - 1.0).abs() < 1e-12 { v } else { m.sqrt().recip() }
                });
                exact.collect()
            }
        };
        Ok(Model { grid: *grid, values: vp })
    }

    /// The velocity in m/s at points in m: exact if the scenario defines it, interpolated if it is only
    /// known on a grid.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read.
    pub fn pointwise(&self, grid: &Grid) -> Result<impl Fn(Point) -> f64 + Sync, DataError> {
        let sampled = match self.choice.as_dyn().velocity_at(&grid.node(0)) {
            Some(_) => None,
            None => Some(self.sample(grid)?),
        };
        Ok(move |at: Point| {
            let on_grid = || sampled.as_ref().map_or(f64::NAN, |model| model.sample(at));
            self.choice.as_dyn().velocity_at(&at).unwrap_or_else(on_grid)
        })
    }

    /// The disc of [`fd::analytic`], if the model is a disc, for which the wavefield is known exactly.
    #[must_use]
    pub fn disc(&self) -> Option<Cylinder> {
        match &self.choice {
            ModelChoice::Disc(disc) => Some(Cylinder {
                centre: disc.centre,
                radius: disc.radius,
                velocity: disc.velocity,
                background: disc.background,
            }),
            _ => None,
        }
    }

    /// The velocity in m/s, if it is uniform.
    #[must_use]
    pub fn uniform(&self) -> Option<f64> {
        match &self.choice {
            ModelChoice::Uniform(uniform) => Some(uniform.velocity),
            _ => None,
        }
    }
}

/// A model with smoothed slowness; beyond the edges the value at the edge is used.
fn smoothed(model: &Model, smooth: &Smooth) -> Model {
    let grid = model.grid;
    let kept = |z: f64| smooth.below.is_some_and(|below| z <= below);
    let layer = grid.len() / grid.nz();
    let first = (0..grid.nz()).find(|&iz| !kept(grid.z(iz))).unwrap_or(grid.nz());
    let slowness: Vec<f64> = model.values.iter().map(|v| v.recip()).collect();
    // The part that is kept above has no influence below.
    let smooth = gaussian::smoothed(&grid, &slowness, smooth.sigma, first);
    let vp = (0..grid.len()).map(|i| if i / layer < first { model.values[i] } else { smooth[i].recip() });
    Model { grid, values: vp.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medium::{Disc, Layers};

    /// Away from the rim a sampled disc is exact, and its excess of squared slowness integrates to its area: each of the
    /// 2 pi a / h = 31 rim cells errs by less than h^2 / 8 / sqrt(31) on average.
    #[test]
    fn disc_keeps_its_area() {
        let disc = Disc { background: 1000.0, velocity: 2000.0, centre: [3.0, -7.0], radius: 100.0 };
        let source = ModelSource { choice: ModelChoice::Disc(disc), file: None, truth: None };
        let grid = Grid::new([-300.0, -300.0], [20.0, 20.0], [31, 31]).unwrap();
        let model = source.sample(&grid).unwrap();
        assert_eq!((model.values[0], model.values[grid.index(15, 15)]), (1000.0, 2000.0));
        let area: f64 = model.values.iter().map(|v| (1e-6 - v.powi(-2)) / 0.75e-6 * 400.0).sum();
        assert!((area / (std::f64::consts::PI * 1e4) - 1.0).abs() < 0.01, "{area}");
        assert_eq!(source.disc().unwrap().radius, 100.0);
    }

    /// A node half a cell above or below a boundary contains nothing of the other side.
    #[test]
    fn layers_change_at_their_tops() {
        let layers = Layers { tops: vec![10.0], velocities: vec![1500.0, 3000.0] };
        let source = ModelSource { choice: ModelChoice::Layers(layers), file: None, truth: None };
        let grid = Grid::new([0.0, 5.0], [10.0, 10.0], [2, 2]).unwrap();
        assert_eq!(source.sample(&grid).unwrap().values, [1500.0, 1500.0, 3000.0, 3000.0]);
    }

    /// Smoothing keeps a uniform model to rounding, gives the mean slowness at a step, and does not change the water.
    #[test]
    fn smoothing() {
        let layers = Layers { tops: vec![100.0, 500.0], velocities: vec![1500.0, 2000.0, 4000.0] };
        let truth = ModelSource { choice: ModelChoice::Layers(layers), file: None, truth: None };
        let grid = Grid::new([0.0, 5.0], [10.0, 10.0], [100, 20]).unwrap();
        let choice = ModelChoice::Smooth(Smooth { sigma: 60.0, below: Some(100.0) });
        let smooth = ModelSource { choice, file: None, truth: Some(Box::new(truth)) }.sample(&grid).unwrap();
        let at = |iz: usize| smooth.values[grid.index(iz, 7)];
        assert_eq!((at(0), at(9)), (1500.0, 1500.0));
        assert!((at(10) - 2000.0).abs() < 1e-9 && (at(99) - 4000.0).abs() < 1e-9, "{} {}", at(10), at(99));
        // The step is half way between nodes 49 and 50: their mean slowness is that of both sides.
        let mean = 0.5 * (at(49).recip() + at(50).recip());
        assert!((mean - 0.5 * (1.0 / 2000.0 + 1.0 / 4000.0)).abs() < 1e-12);
    }
}
