//! The interface of velocity models.

use document::{Fault, KeyPath};

/// What a plan asks of a model that is written down in the scenario.
pub trait VelocityModel {
    /// Velocity in m/s at a point in m; `None` when it is in a file.
    fn velocity(&self, x: f64, z: f64) -> Option<f64>;

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
