//! What a loss needs of the residual of an equation at points, whatever the equation.

use num_complex::Complex32;

use crate::evaluation::Evaluation;
use crate::residual::Coefficients;
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

/// An equation with one unknown and the contrast m/m_b - 1 of its medium at each point.
#[derive(Debug, Clone)]
pub struct AtContrast {
    /// The coefficients.
    pub coefficients: Coefficients,
    /// The contrast, `[point]`.
    pub contrast: Vec<f64>,
}

impl PointResidual for AtContrast {
    fn driven(&self, point: usize) -> bool {
        self.coefficients.driven(point)
    }

    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        self.coefficients.residual(u, channels, &self.contrast)
    }

    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]) {
        let mut by_contrast = vec![0.0; self.contrast.len()];
        self.coefficients.pull_back(u, channels, &self.contrast, g, upstream, &mut by_contrast);
    }
}
