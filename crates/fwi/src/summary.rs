//! `summary.json`: what a run found, for programs to read.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::atomic;
use crate::data_error::DataError;
use crate::metrics::Metrics;
use crate::tables::Trouble;

/// The version of `summary.json`.
pub const FORMAT: u32 = 1;

/// All inversions of one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Version of this file, [`FORMAT`].
    pub format: u32,
    /// The scenario's name.
    pub scenario: String,
    /// One entry an inversion, in the scenario's order.
    pub inversions: Vec<InversionSummary>,
}

/// How one inversion went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InversionSummary {
    /// Its name in the scenario, and of its folder.
    pub name: String,
    /// Its method in the scenario.
    pub method: String,
    /// How it ended.
    pub status: Status,
    /// Iterations (optimiser steps) done.
    pub iterations: u64,
    /// Why it stopped, in words.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// CPU time of all threads, s.
    pub cpu_s: f64,
    /// Wavefields computed by a solver, forward and adjoint.
    pub pde_solves: u64,
    /// Where it ran.
    pub device: String,
    /// What it reached.
    pub metrics: Metrics,
}

/// How an inversion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As planned: converged, or all iterations done.
    Done,
    /// By Ctrl-C; it can be resumed.
    Interrupted,
    /// The objective grew beyond bounds or became NaN; the last good model is kept.
    Diverged,
    /// An error; there may be no model.
    Failed,
}

impl Status {
    /// The word in `summary.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Done => "done",
            Status::Interrupted => "interrupted",
            Status::Diverged => "diverged",
            Status::Failed => "failed",
        }
    }

    /// What a table says of a member that ended this way; nothing when it finished.
    pub(crate) fn trouble(self, because: &str) -> Option<Trouble> {
        (self != Status::Done).then(|| Trouble { status: self.word(), because: because.to_owned() })
    }
}

impl Summary {
    /// A summary of the present format.
    #[must_use]
    pub fn new(scenario: impl Into<String>, inversions: Vec<InversionSummary>) -> Summary {
        Summary { format: FORMAT, scenario: scenario.into(), inversions }
    }

    /// Writes `summary.json`, to a temporary name first.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        atomic::write_json(path, self)
    }

    /// Reads `summary.json`.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::Text`] with line and column; [`DataError::Version`].
    pub fn read(path: &Path) -> Result<Summary, DataError> {
        let text = std::fs::read_to_string(path).map_err(|e| DataError::reading(path, e))?;
        let wrong = |e: serde_json::Error| DataError::Text { path: path.to_owned(), problem: e.to_string() };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        let found = value.get("format").and_then(serde_json::Value::as_u64).unwrap_or(0) as u32;
        if found != FORMAT {
            return Err(DataError::Version {
                path: path.to_owned(),
                format: "summary",
                found,
                expected: FORMAT,
            });
        }
        serde_json::from_str(&text).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Summary {
        let metrics =
            Metrics { data_misfit_relative: Some(0.027), velocity_mae: Some(12.5), ..Metrics::default() };
        Summary::new(
            "cylinder",
            vec![InversionSummary {
                name: "joint".to_owned(),
                method: "joint".to_owned(),
                status: Status::Done,
                iterations: 2000,
                stopped_because: "all iterations done".to_owned(),
                wall_s: 61.5,
                cpu_s: 118.25,
                pde_solves: 0,
                device: "cpu".to_owned(),
                metrics,
            }],
        )
    }

    /// The text that other programs read: keys, order, and absent metrics left out.
    #[test]
    fn snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        example().write(&path).unwrap();
        let expected = r#"{
  "format": 1,
  "scenario": "cylinder",
  "inversions": [
    {
      "name": "joint",
      "method": "joint",
      "status": "done",
      "iterations": 2000,
      "stopped_because": "all iterations done",
      "wall_s": 61.5,
      "cpu_s": 118.25,
      "pde_solves": 0,
      "device": "cpu",
      "metrics": {
        "data_misfit_relative": 0.027,
        "velocity_mae": 12.5
      }
    }
  ]
}
"#;
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(Summary::read(&path).unwrap(), example());
    }

    /// Another version, and a broken file, are rejected with the number and the line.
    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        std::fs::write(&path, "{\"format\": 2}").unwrap();
        let error = Summary::read(&path).unwrap_err().to_string();
        assert!(error.ends_with("summary version 2, this program reads version 1"), "{error}");
        std::fs::write(&path, "{\"format\": 1,\n oops}").unwrap();
        assert!(Summary::read(&path).unwrap_err().to_string().contains("line 2 column 2"));
    }
}
