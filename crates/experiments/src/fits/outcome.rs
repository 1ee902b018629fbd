//! The outcome of fits: rows of a history, and the summary.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::block::Quantity;
use super::score::Score;
use fwi::status::Status;
use survey::atomic;
use survey::data_error::DataError;

/// One line of a fit's `history.csv`; quantities that do not exist are empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct FitRow {
    /// Finished optimiser steps.
    pub step: u64,
    /// Wall time of these steps, s.
    pub wall_s: f64,
    /// Root mean square of the residual of the learnt quantity, relative to the root mean square of the quantity.
    pub misfit_relative: Option<f64>,
    /// Peak signal-to-noise ratio of the value, dB.
    pub psnr_db: Option<f64>,
    /// Structural similarity of the value.
    pub ssim: Option<f64>,
    /// Relative error of the value.
    pub relative_l2: Option<f64>,
    /// Relative error of the first derivatives.
    pub gradient_relative_l2: Option<f64>,
    /// Relative error of the Laplacian.
    pub laplacian_relative_l2: Option<f64>,
}

impl FitRow {
    /// A row from its score.
    #[must_use]
    pub fn new(step: u64, wall_s: f64, misfit_relative: Option<f64>, score: &Score) -> FitRow {
        FitRow {
            step,
            wall_s,
            misfit_relative,
            psnr_db: score.psnr_db,
            ssim: score.ssim,
            relative_l2: score.relative_l2,
            gradient_relative_l2: score.gradient_relative_l2,
            laplacian_relative_l2: score.laplacian_relative_l2,
        }
    }
}

/// Writes a fit's `history.csv`.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write_history(path: &Path, rows: &[FitRow]) -> Result<(), DataError> {
    atomic::write_csv(path, rows)
}

/// How one fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitSummary {
    /// Its name in the scenario, and the name of its folder.
    pub name: String,
    /// The quantity that it learnt.
    pub quantity: Quantity,
    /// Its status.
    pub status: Status,
    /// Finished optimiser steps.
    pub steps: u64,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Wall time of the steps, s.
    pub wall_s: f64,
    /// CPU time of the steps, all threads, s.
    pub cpu_s: f64,
    /// The device.
    pub device: String,
    /// Number of parameters of the network.
    pub parameters: u64,
    /// Size of the target as 32-bit numbers relative to that of the network's parameters.
    pub compression: f64,
    /// Its accuracy.
    pub metrics: Score,
}

impl FitSummary {
    /// The values of its metrics by the keys of `summary.json`.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, Option<f64>)> {
        let m = &self.metrics;
        vec![
            ("psnr_db", m.psnr_db),
            ("psnr_but_harmonic_db", m.psnr_but_harmonic_db),
            ("ssim", m.ssim),
            ("relative_l2", m.relative_l2),
            ("largest", m.largest),
            ("gradient_relative_l2", m.gradient_relative_l2),
            ("laplacian_relative_l2", m.laplacian_relative_l2),
            ("parameters", Some(self.parameters as f64)),
            ("compression", Some(self.compression)),
        ]
    }
}

/// Reads a fit's `history.csv`.
///
/// # Errors
/// [`DataError::Missing`], or [`DataError::Text`] with the line that cannot be read.
pub fn read_history(path: &Path) -> Result<Vec<FitRow>, DataError> {
    atomic::read_csv(path)
}
