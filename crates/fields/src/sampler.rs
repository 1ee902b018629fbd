//! What draws collocation points.

use crate::region::Point;

/// Draws points; the same seed gives the same points.
pub trait Collocation: Send {
    /// Name in scenarios.
    fn name(&self) -> &'static str;

    /// `count` points.
    fn sample(&mut self, count: usize) -> Vec<Point>;

    /// Reports the size of the residual at points. Samplers that do not depend on residuals ignore it.
    ///
    /// # Shapes
    /// One magnitude for each point.
    fn observe(&mut self, points: &[Point], magnitudes: &[f64]) {
        let _ = (points, magnitudes);
    }

    /// The memory of observed residuals, for a checkpoint.
    fn memory(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Restores a memory. A sampler with the same seed that has drawn as many points then continues exactly like the
    /// one that produced the memory, whatever it had observed before.
    fn remember(&mut self, memory: &[f32]) {
        let _ = memory;
    }
}
