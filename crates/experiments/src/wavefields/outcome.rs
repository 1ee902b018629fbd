//! The outcome of wavefields: rows of a history, and the summary.

use std::path::Path;

use serde::{Deserialize, Serialize};

use fwi::status::Status;
use survey::atomic;
use survey::data_error::DataError;

/// One line of a wavefield's `history.csv`; quantities that do not exist are empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldRow {
    /// Finished optimiser steps.
    pub step: u64,
    /// Wall time, s, without the time for measuring errors.
    pub wall_s: f64,
    /// Relative residual of the equation.
    pub residual: Option<f64>,
    /// Relative error of the field.
    pub wavefield_relative_l2: Option<f64>,
}

/// The summary of one wavefield.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSummary {
    /// Its name in the scenario, and the name of its folder.
    pub name: String,
    /// Its method.
    pub method: String,
    /// Its status.
    pub status: Status,
    /// Finished optimiser steps.
    pub steps: u64,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// CPU time of all threads, s.
    pub cpu_s: f64,
    /// The device.
    pub device: String,
    /// Number of unknowns.
    pub unknowns: u64,
    /// Its quality measures.
    pub metrics: FieldMetrics,
}

/// The quality measures of a wavefield.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldMetrics {
    /// `||u - u_true|| / ||u_true||` over all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wavefield_relative_l2: Option<f64>,
    /// Relative residual of the equation, if the method computes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual: Option<f64>,
    /// `||u - d|| / ||d||` over all sources and receivers, if there are data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_misfit_relative: Option<f64>,
}

impl FieldSummary {
    /// The values of its metrics by the keys of `summary.json`.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, Option<f64>)> {
        vec![
            ("wavefield_relative_l2", self.metrics.wavefield_relative_l2),
            ("residual", self.metrics.residual),
            ("data_misfit_relative", self.metrics.data_misfit_relative),
            ("unknowns", Some(self.unknowns as f64)),
        ]
    }
}

/// Reads a wavefield's `history.csv`.
///
/// # Errors
/// [`DataError::Missing`], or [`DataError::Text`] with the line that cannot be read.
pub fn read_history(path: &Path) -> Result<Vec<FieldRow>, DataError> {
    atomic::read_csv(path)
}

/// Writes a wavefield's `history.csv`.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write_history(path: &Path, rows: &[FieldRow]) -> Result<(), DataError> {
    atomic::write_csv(path, rows)
}
