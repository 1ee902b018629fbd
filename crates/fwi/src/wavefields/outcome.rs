//! What wavefields leave behind: rows of a history, and the summary.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::atomic;
use crate::data_error::DataError;
use crate::summary::{FORMAT, Status};

/// One line of a wavefield's `history.csv`; what does not exist is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldRow {
    /// Optimiser steps done.
    pub step: u64,
    /// Wall time, s; measuring against the truth is not in it.
    pub wall_s: f64,
    /// Relative residual of the equation.
    pub residual: Option<f64>,
    /// Relative error of the field.
    pub wavefield_relative_l2: Option<f64>,
}

/// How one wavefield went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSummary {
    /// Its name in the scenario, and of its folder.
    pub name: String,
    /// Its method.
    pub method: String,
    /// How it ended.
    pub status: Status,
    /// Optimiser steps done.
    pub steps: u64,
    /// Why it stopped, in words.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// CPU time of all threads, s.
    pub cpu_s: f64,
    /// Where it ran.
    pub device: String,
    /// Unknown numbers.
    pub unknowns: u64,
    /// What it reached.
    pub metrics: FieldMetrics,
}

/// The numbers a wavefield is judged by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldMetrics {
    /// `||u - u_true|| / ||u_true||` over all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wavefield_relative_l2: Option<f64>,
    /// Relative residual of the equation, for methods that know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residual: Option<f64>,
    /// `||u - d|| / ||d||` over all sources and receivers, where there are data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_misfit_relative: Option<f64>,
}

/// `summary.json` of a scenario of wavefields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSummaries {
    /// Version of this file, [`FORMAT`].
    pub format: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What the fields are compared with, in words.
    pub reference: String,
    /// One entry a wavefield, in the scenario's order.
    pub wavefields: Vec<FieldSummary>,
}

impl FieldSummaries {
    /// A summary of the present format.
    #[must_use]
    pub fn new(scenario: &str, reference: &str, wavefields: Vec<FieldSummary>) -> FieldSummaries {
        let (scenario, reference) = (scenario.to_owned(), reference.to_owned());
        FieldSummaries { format: FORMAT, scenario, reference, wavefields }
    }

    /// Writes `summary.json`, to a temporary name first.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        atomic::write_json(path, self)
    }

    /// Reads `summary.json`, `None` when it is of another kind of scenario.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::Text`] with line and column.
    pub fn read(path: &Path) -> Result<Option<FieldSummaries>, DataError> {
        let text = std::fs::read_to_string(path).map_err(|e| DataError::reading(path, e))?;
        let wrong = |e: serde_json::Error| DataError::Text { path: path.to_owned(), problem: e.to_string() };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        if value.get("wavefields").is_none() {
            return Ok(None);
        }
        serde_json::from_value(value).map(Some).map_err(wrong)
    }
}

/// Writes a wavefield's `history.csv`.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write_history(path: &Path, rows: &[FieldRow]) -> Result<(), DataError> {
    atomic::write_csv(path, rows)
}
