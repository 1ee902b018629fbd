//! MATLAB v5 to v7 files: receiver data in the manner of the SIREN paper's own, and velocity models.
//!
//! Data: `source` `[shot, 2]`, `receivers` `[receiver, 2]` and `rec_val` `[receiver, shot]` (or
//! `[receiver, shot, frequency]`), complex; other common names are recognised too. Models: a matrix `[z, x]`.

use std::path::Path;

use num_complex::Complex64;

use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::import::ImportOptions;
use crate::mat5::{self, Variable};
use crate::model::Model;
use crate::npy::row_major;
use crate::survey::{Receivers, Survey};

const SOURCES: &[&str] = &["source", "sources", "src"];
const RECEIVERS: &[&str] = &["receivers", "receiver", "rec"];
const PRESSURE: &[&str] = &["rec_val", "pressure", "data", "d_obs", "dobs"];
const MODELS: &[&str] = &["vp", "v", "velocity", "vel", "c", "m"];

/// Reads receiver data.
pub fn data(path: &Path, options: &ImportOptions) -> Result<Dataset, DataError> {
    let variables = mat5::read(path)?;
    let frequencies = options.frequencies(path)?;
    let sources = points(path, find(path, &variables, SOURCES)?, "shot, axis", options)?;
    let receivers = points(path, find(path, &variables, RECEIVERS)?, "receiver, axis", options)?;
    let values = find(path, &variables, PRESSURE)?;
    let Some(imaginary) = &values.imaginary else {
        return Err(DataError::Type {
            path: path.to_owned(),
            dataset: values.name.clone(),
            found: format!("real numbers ({})", values.class),
            expected: "complex numbers: pressure at one frequency has a phase",
        });
    };
    let mut expected = vec![receivers.len(), sources.len()];
    if frequencies.len() > 1 {
        expected.push(frequencies.len());
    }
    if values.shape != expected {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: values.name.clone(),
            axes: if expected.len() == 2 { "receiver, shot" } else { "receiver, shot, frequency" },
            found: values.shape.clone(),
            expected: format!("{expected:?}, from the positions and `--frequency`"),
        });
    }
    // Column-major [receiver, shot, frequency] is row-major [frequency, shot, receiver] byte for byte.
    let complex = |(re, im): (&f64, &f64)| options.pressure(Complex64::new(*re, *im));
    let pressure = values.real.iter().zip(imaginary).map(complex).collect();
    let receivers = Receivers::Shared(receivers);
    let survey = Survey { sources, receivers, strength: options.strength, variance: options.variance };
    Ok(Dataset { survey, frequencies, pressure, scenario: origin_of(path) })
}

/// Reads a velocity model.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Model, DataError> {
    let variables = mat5::read(path)?;
    let values = match &options.dataset {
        Some(name) => find(path, &variables, &[name.as_str()])?,
        None => find(path, &variables, MODELS)?,
    };
    let [nz, nx] = values.shape[..] else {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: values.name.clone(),
            axes: "z, x",
            found: values.shape.clone(),
            expected: "two axes".to_owned(),
        });
    };
    let rows = row_major(values.real.clone(), &values.shape, true);
    options.model(path, &values.name, [nz, nx], &rows, None, None)
}

/// The text that states the origin of imported data.
pub(crate) fn origin_of(path: &Path) -> String {
    format!("imported from {}", path.file_name().unwrap_or_default().to_string_lossy())
}

fn find<'a>(path: &Path, variables: &'a [Variable], names: &[&str]) -> Result<&'a Variable, DataError> {
    let found = names.iter().find_map(|n| variables.iter().find(|v| v.name == *n));
    let variable = found.ok_or_else(|| DataError::Absent {
        path: path.to_owned(),
        what: format!("variable {}", names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")),
        present: variables.iter().map(|v| format!("{} ({} {:?})", v.name, v.class, v.shape)).collect(),
    })?;
    if variable.real.len() != variable.shape.iter().product::<usize>() {
        return Err(DataError::Type {
            path: path.to_owned(),
            dataset: variable.name.clone(),
            found: variable.class.to_owned(),
            expected: "an array of numbers",
        });
    }
    Ok(variable)
}

fn points(
    path: &Path,
    variable: &Variable,
    axes: &'static str,
    options: &ImportOptions,
) -> Result<Vec<[f64; 2]>, DataError> {
    match variable.shape[..] {
        [n, 2] if n > 0 => {
            Ok((0..n).map(|i| options.position([variable.real[i], variable.real[n + i]])).collect())
        }
        _ => Err(DataError::Shape {
            path: path.to_owned(),
            dataset: variable.name.clone(),
            axes,
            found: variable.shape.clone(),
            expected: "[at least 1, 2]".to_owned(),
        }),
    }
}
