//! MATLAB files: receiver data in the manner of the SIREN paper's own, and velocity models.
//!
//! Data: `source` `[shot, 2]`, `receivers` `[receiver, 2]` and `rec_val` `[receiver, shot]` (or
//! `[receiver, shot, frequency]`), complex; other common names are recognised too. Models: a matrix `[z, x]`.

use std::path::Path;

use fd::Point;
use num_complex::Complex64;

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::import::{FileStatements, ImportOptions, Imported};
use crate::matlab_file::{Header, MatlabFile, Variable};
use crate::npy::row_major;
use crate::on_axes::VELOCITY_NAMES;
use crate::survey::{Receivers, Survey};

const SOURCES: &[&str] = &["source", "sources", "src"];
const RECEIVERS: &[&str] = &["receivers", "receiver", "rec"];
const PRESSURE: &[&str] = &["rec_val", "pressure", "data", "d_obs", "dobs"];
/// Reads receiver data.
pub fn data(path: &Path, options: &ImportOptions) -> Result<Dataset, DataError> {
    let file = MatlabFile::open(path)?;
    let frequencies = options.frequencies(path)?;
    let sources = points(path, &file.find(SOURCES)?, "shot, axis", options)?;
    let receivers = points(path, &file.find(RECEIVERS)?, "receiver, axis", options)?;
    let values = file.find(PRESSURE)?;
    let Some(imaginary) = &values.imaginary else {
        return Err(DataError::Type {
            path: path.to_owned(),
            dataset: values.header.name.clone(),
            found: format!("real numbers ({})", values.header.class),
            expected: "complex numbers: pressure at one frequency has a phase",
        });
    };
    let mut expected = vec![receivers.len(), sources.len()];
    if frequencies.len() > 1 {
        expected.push(frequencies.len());
    }
    if values.header.shape != expected {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: values.header.name.clone(),
            axes: if expected.len() == 2 { "receiver, shot" } else { "receiver, shot, frequency" },
            found: values.header.shape.clone(),
            expected: format!("{expected:?}, from the positions and `--frequency`"),
        });
    }
    // Column-major [receiver, shot, frequency] is row-major [frequency, shot, receiver] byte for byte.
    let complex = |(re, im): (&f64, &f64)| options.pressure(Complex64::new(*re, *im));
    let pressure = values.real.iter().zip(imaginary).map(complex).collect();
    let receivers = Receivers::Shared(receivers);
    let survey = Survey { sources, receivers, strength: options.strength, variance: options.variance };
    Ok(Dataset::of_pressure(survey, frequencies, pressure, origin_of(path)))
}

/// Reads a velocity model: a matrix `[z, x]`, or `[x, z]` with `--axes xz`.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Imported, DataError> {
    let file = MatlabFile::open(path)?;
    let values = match &options.dataset {
        Some(name) => file.find(&[name.as_str()])?,
        None => file.find(VELOCITY_NAMES)?,
    };
    let Header { name, shape, .. } = &values.header;
    let [rows, columns] = shape[..] else {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: name.clone(),
            axes: "z, x",
            found: shape.clone(),
            expected: "two axes".to_owned(),
        });
    };
    if values.imaginary.is_some() {
        return Err(DataError::Type {
            path: path.to_owned(),
            dataset: name.clone(),
            found: format!("complex numbers ({})", values.header.class),
            expected: "real numbers",
        });
    }
    let (shape, values) = match options.axes {
        // Column-major [x, z] is row-major [z, x].
        Some(AxisOrder::Xz) => ([columns, rows], values.real.clone()),
        _ => ([rows, columns], row_major(values.real.clone(), shape, true)),
    };
    options.model(path, name, shape, &values, &FileStatements::default())
}

/// The text that states the origin of imported data.
pub(crate) fn origin_of(path: &Path) -> String {
    format!("imported from {}", path.file_name().unwrap_or_default().to_string_lossy())
}

fn points(
    path: &Path,
    variable: &Variable,
    axes: &'static str,
    options: &ImportOptions,
) -> Result<Vec<Point>, DataError> {
    match variable.header.shape[..] {
        [n, 2] if n > 0 => {
            Ok((0..n).map(|i| options.position([variable.real[i], variable.real[n + i]]).into()).collect())
        }
        _ => Err(DataError::Shape {
            path: path.to_owned(),
            dataset: variable.header.name.clone(),
            axes,
            found: variable.header.shape.clone(),
            expected: "[at least 1, 2]".to_owned(),
        }),
    }
}
