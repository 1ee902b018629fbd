//! The interface of velocity models.

use document::{Fault, KeyPath};
use fd::Point;

/// What a plan asks of a model that is written down in the scenario.
pub trait VelocityModel {
    /// Velocity in m/s at a point of a section in m; `None` when it is in a file.
    fn velocity(&self, x: f64, z: f64) -> Option<f64>;

    /// Velocity at a point of any dimension. In a volume it is the same along y, unless the model says otherwise.
    fn velocity_at(&self, point: &Point) -> Option<f64> {
        self.velocity(point.x(), point.z())
    }

    /// The axis that a grid must have for the model to mean something: y for bodies in a volume, z for layers.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// Velocities as typed, with their key, for the check of units.
    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)>;

    /// Checks lengths and shapes.
    ///
    /// # Errors
    /// The key and its problem.
    fn check(&self, _at: &KeyPath) -> Result<(), Fault> {
        Ok(())
    }
}
