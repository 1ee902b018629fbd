//! A velocity model on a grid.

use fd::Grid;

/// P-wave velocity on a grid.
///
/// # Shapes
/// `vp` is `[z, x]`, row-major: index `iz * nx + ix`.
///
/// # Units
/// m/s.
#[derive(Debug, Clone)]
pub struct Model {
    /// Where the samples are.
    pub grid: Grid,
    /// Velocity, m/s.
    pub vp: Vec<f64>,
}

impl Model {
    /// The squared slowness `m = 1/v^2` in s^2/m^2, `[z, x]`.
    #[must_use]
    pub fn squared_slowness(&self) -> Vec<f64> {
        self.vp.iter().map(|v| 1.0 / (v * v)).collect()
    }
}
