//! The target of networks: samples with their derivatives.

use fd::Grid;

use survey::array::Meaning;
use survey::derivatives::{Derivatives, of_gaussians, of_samples};

/// The array to learn.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Where the samples are.
    pub grid: Grid,
    /// Samples and derivatives, `[z, x]`.
    pub at: Derivatives,
    /// The meaning of the samples.
    pub meaning: Meaning,
    /// Standard deviation in m of the Gaussian that smooths it, if any.
    pub smoothing: Option<f64>,
}

impl Target {
    /// The target for samples `[z, x]`, smoothed by a Gaussian of `smoothing` m if requested.
    #[must_use]
    pub fn new(grid: Grid, values: &[f64], meaning: Meaning, smoothing: Option<f64>) -> Target {
        let at = match smoothing {
            Some(sigma) => of_gaussians(&grid, values, sigma),
            None => of_samples(&grid, values),
        };
        Target { grid, at, meaning, smoothing }
    }

    /// Smallest and largest value.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        let fold = |pick: fn(f64, f64) -> f64, from| self.at.value.iter().copied().fold(from, pick);
        [fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY)]
    }

    /// The reference for the derivatives of the networks, in words.
    #[must_use]
    pub fn reference(&self) -> String {
        match self.smoothing {
            Some(sigma) => format!(
                "The target is its samples convolved with a Gaussian of {sigma} m standard deviation; its derivatives are exact."
            ),
            None => "The derivatives of the target are those of its samples by the Sobel and the five-point Laplace operator."
                .to_owned(),
        }
    }
}
