//! The history of an inversion, step by step: `history.csv`.

use std::path::Path;

use serde::{Deserialize, Serialize};

use survey::atomic;
use survey::data_error::DataError;
use survey::input_file;

/// One line of `history.csv`; quantities that a method does not have are empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// Finished iterations (optimiser steps).
    pub iteration: u64,
    /// Stage of the inversion, from 0; empty in histories of earlier versions.
    #[serde(default)]
    pub stage: Option<u64>,
    /// Wall time since the inversion began, s.
    pub wall_s: f64,
    /// Wavefields computed by a solver so far, forward and adjoint.
    pub pde_solves: Option<u64>,
    /// The objective that the optimiser minimises.
    pub objective: Option<f64>,
    /// `||d_syn - d_obs|| / ||d_obs||`.
    pub data_misfit_relative: Option<f64>,
    /// Norm of the residual of the equation, as weighted by the method.
    pub pde_residual: Option<f64>,
    /// The regularisation terms, as weighted by the method.
    pub regularisation: Option<f64>,
    /// `||v - v_true|| / ||v_true||`, if the truth is known.
    pub velocity_relative_l2: Option<f64>,
}

/// Writes `history.csv`, via a temporary file.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write(path: &Path, rows: &[HistoryRow]) -> Result<(), DataError> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let failing = |e: csv::Error| DataError::Text { path: path.to_owned(), problem: e.to_string() };
    writer.write_record(COLUMNS).map_err(failing)?;
    for row in rows {
        writer.serialize(row).map_err(failing)?;
    }
    let bytes = writer.into_inner().map_err(|e| DataError::writing(path, e.into_error()))?;
    atomic::write_bytes(path, &bytes)
}

/// Reads `history.csv`.
///
/// # Errors
/// [`DataError::Missing`], or [`DataError::Text`] with the line that cannot be read.
pub fn read(path: &Path) -> Result<Vec<HistoryRow>, DataError> {
    let file = input_file::open(path)?;
    let rows = csv::Reader::from_reader(file).into_deserialize().collect::<Result<_, csv::Error>>();
    rows.map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })
}

/// The header, also of an empty history.
const COLUMNS: [&str; 9] = [
    "iteration",
    "stage",
    "wall_s",
    "pde_solves",
    "objective",
    "data_misfit_relative",
    "pde_residual",
    "regularisation",
    "velocity_relative_l2",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are read back bit for bit, the text is exact, and an invalid line is named.
    #[test]
    fn rows_survive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let rows = [
            HistoryRow { wall_s: 0.1 + 0.2, data_misfit_relative: Some(1.0), ..HistoryRow::default() },
            HistoryRow {
                iteration: 10,
                stage: Some(2),
                wall_s: 1.5,
                pde_solves: Some(20),
                objective: Some(1e-7),
                ..HistoryRow::default()
            },
        ];
        write(&path, &rows).unwrap();
        assert_eq!(read(&path).unwrap(), rows);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "iteration,stage,wall_s,pde_solves,objective,data_misfit_relative,pde_residual,regularisation,velocity_relative_l2\n\
             0,,0.30000000000000004,,,1.0,,,\n10,2,1.5,20,1e-7,,,,\n"
        );
        // A history of an earlier version has no stages.
        std::fs::write(&path, "iteration,wall_s,data_misfit_relative\n3,0.5,0.25\n").unwrap();
        assert_eq!(read(&path).unwrap()[0].stage, None);
        write(&path, &[]).unwrap();
        assert!(read(&path).unwrap().is_empty());
        std::fs::write(&path, format!("{}\n0,,abc,,,,,,\n", COLUMNS.join(","))).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("history.csv") && error.contains("line: 2"), "{error}");
    }
}
