//! What a loss needs of the residual of an equation at points, whatever the equation.

use num_complex::Complex32;

use crate::evaluation::Evaluation;
use crate::system_residual::SystemCoefficients;
use crate::wavefield::Channels;

/// Residuals at points, affine in the jets of a network; the medium is fixed.
pub trait PointResidual {
    /// Whether there is a source term at a point.
    fn driven(&self, point: usize) -> bool;

    /// The residuals.
    ///
    /// # Shapes
    /// `[row][point]`, with a row for each equation of each source.
    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>>;

    /// The transpose: from `g = dJ/dRe R + i dJ/dIm R`, adds dJ/d(outputs) to `upstream`.
    ///
    /// # Shapes
    /// `g` as the residuals, `upstream` as the values of `u`.
    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]);
}

impl PointResidual for SystemCoefficients {
    fn driven(&self, point: usize) -> bool {
        Self::driven(self, point)
    }

    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        Self::residual(self, u, channels)
    }

    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]) {
        Self::pull_back(self, u, channels, g, upstream);
    }
}
