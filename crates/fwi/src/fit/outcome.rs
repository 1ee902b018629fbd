//! The outcome of fits: rows of a history, and the summary.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::score::Score;
use crate::atomic;
use crate::data_error::DataError;
use crate::scenario::fits::Quantity;
use crate::summary::{FORMAT, Status};

/// One line of a fit's `history.csv`; quantities that do not exist are empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct FitRow {
    /// Finished optimiser steps.
    pub step: u64,
    /// Wall time of these steps, s.
    pub wall_s: f64,
    /// Root mean square of the residual of the quantity that is learnt, relative to that of the quantity.
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

/// `summary.json` of a scenario of fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitSummaries {
    /// Version of this file, [`FORMAT`].
    pub format: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The reference for derivatives, in words.
    pub reference: String,
    /// One entry per fit, in the scenario's order.
    pub fits: Vec<FitSummary>,
}

/// How one fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FitSummary {
    /// Its name in the scenario, and the name of its folder.
    pub name: String,
    /// The quantity that it learnt.
    pub quantity: Quantity,
    /// How it ended.
    pub status: Status,
    /// Finished optimiser steps.
    pub steps: u64,
    /// Why it stopped, in words.
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

impl FitSummaries {
    /// A summary of the present format.
    #[must_use]
    pub fn new(scenario: &str, reference: String, fits: Vec<FitSummary>) -> FitSummaries {
        FitSummaries { format: FORMAT, scenario: scenario.to_owned(), reference, fits }
    }

    /// Writes `summary.json`, via a temporary file.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        atomic::write_json(path, self)
    }

    /// Reads `summary.json`; `None` if it belongs to inversions.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::Text`] with line and column.
    pub fn read(path: &Path) -> Result<Option<FitSummaries>, DataError> {
        let text = std::fs::read_to_string(path).map_err(|e| DataError::reading(path, e))?;
        let wrong = |e: serde_json::Error| DataError::Text { path: path.to_owned(), problem: e.to_string() };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        if value.get("fits").is_none() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(wrong)
    }
}
