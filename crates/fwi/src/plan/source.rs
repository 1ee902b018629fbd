//! Velocity models by what the scenario says of them.

use std::path::PathBuf;

use fd::Grid;
use fd::analytic::Cylinder;

use crate::error::FwiError;
use crate::model::Model;
use crate::scenario::model::ModelChoice;

/// Samples a side of the average over a cell.
const SUBCELLS: usize = 8;

/// A velocity model that can be put on any grid.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSource {
    /// What the scenario says.
    pub choice: ModelChoice,
    /// The file, when the model is in one.
    pub file: Option<PathBuf>,
}

impl ModelSource {
    /// The model on a grid, m/s `[z, x]`.
    ///
    /// Discs and layers are averaged over the cell around each node, in squared slowness, which is what the equation
    /// multiplies the wavefield with; a file is interpolated.
    ///
    /// # Errors
    /// [`FwiError::Data`] for a file that cannot be read.
    pub fn sample(&self, grid: &Grid) -> Result<Model, FwiError> {
        if let Some(file) = &self.file {
            return Ok(Model::read(file)?.resample_onto(grid));
        }
        let velocity = |x, z| self.choice.as_dyn().velocity(x, z).unwrap_or(f64::NAN);
        let vp = match self.choice {
            ModelChoice::Uniform(_) | ModelChoice::Gradient(_) => {
                grid.points().map(|[x, z]| velocity(x, z)).collect()
            }
            _ => {
                let m = fd::average_on_grid(grid, SUBCELLS, |x, z| velocity(x, z).powi(-2));
                // A cell of one velocity keeps it to the last bit.
                let exact = grid.points().zip(&m).map(|([x, z], m)| {
                    let v = velocity(x, z);
                    if (m * v * v - 1.0).abs() < 1e-12 { v } else { m.sqrt().recip() }
                });
                exact.collect()
            }
        };
        Ok(Model { grid: *grid, vp })
    }

    /// The disc of [`fd::analytic`], when the model is a disc: its wavefield is known exactly.
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

    /// The velocity, when it is the same everywhere, m/s.
    #[must_use]
    pub fn uniform(&self) -> Option<f64> {
        match &self.choice {
            ModelChoice::Uniform(uniform) => Some(uniform.velocity),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::model::{Disc, Layers};

    /// Away from the rim a sampled disc is exact, and its excess of squared slowness integrates to its area: each of the
    /// 2 pi a / h = 31 rim cells errs by less than h^2 / 8 / sqrt(31) on average.
    #[test]
    fn disc_keeps_its_area() {
        let disc = Disc { background: 1000.0, velocity: 2000.0, centre: [3.0, -7.0], radius: 100.0 };
        let source = ModelSource { choice: ModelChoice::Disc(disc), file: None };
        let grid = Grid::new([-300.0, -300.0], [20.0, 20.0], [31, 31]).unwrap();
        let model = source.sample(&grid).unwrap();
        assert_eq!((model.vp[0], model.vp[grid.index(15, 15)]), (1000.0, 2000.0));
        let area: f64 = model.vp.iter().map(|v| (1e-6 - v.powi(-2)) / 0.75e-6 * 400.0).sum();
        assert!((area / (std::f64::consts::PI * 1e4) - 1.0).abs() < 0.01, "{area}");
        assert_eq!(source.disc().unwrap().radius, 100.0);
    }

    /// A node half a cell above and below a boundary averages nothing of the other side in.
    #[test]
    fn layers_change_at_their_tops() {
        let layers = Layers { tops: vec![10.0], velocities: vec![1500.0, 3000.0] };
        let source = ModelSource { choice: ModelChoice::Layers(layers), file: None };
        let grid = Grid::new([0.0, 5.0], [10.0, 10.0], [2, 2]).unwrap();
        assert_eq!(source.sample(&grid).unwrap().vp, [1500.0, 1500.0, 3000.0, 3000.0]);
    }
}
