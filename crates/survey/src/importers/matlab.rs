//! MATLAB files: receiver data in the manner of the SIREN paper's own, and models.
//!
//! Data: `source` `[shot, 2]`, `receivers` `[receiver, 2]` and `rec_val` `[receiver, shot]` (or
//! `[receiver, shot, frequency]`), complex; other common names are recognised too. Models: an array `(z, x)` or `(z, y, x)`.

use std::path::Path;

use fd::Point;
use gridfiles::{Array, Axis};
use num_complex::Complex64;

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::import::{ImportOptions, Imported, Wanted};
use crate::matlab_file::{Header, MatlabFile, Variable};
use crate::on_axes;
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

/// Reads a model: an array `(z, x)`, of a volume `(z, y, x)`, or in the order of `--axes`.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    let file = MatlabFile::open(path)?;
    let values = match &wanted.options.dataset {
        Some(name) => file.find(&[name.as_str()])?,
        None => file.find(&wanted.names())?,
    };
    let Header { name, shape, class, .. } = values.header;
    if values.imaginary.is_some() {
        return Err(DataError::Type {
            path: path.to_owned(),
            dataset: name,
            found: format!("complex numbers ({class})"),
            expected: "real numbers",
        });
    }
    // Column-major (z, y, x) is row-major [x, y, z].
    let axes: Vec<Axis> = shape.into_iter().rev().map(Axis::of_len).collect();
    let turned: Vec<usize> = (0..axes.len()).rev().collect();
    let array = Array::new(axes, values.real).map_err(|error| DataError::of_grid_file(path, error))?;
    let array = array.transposed(&turned);
    let array = if turned.len() > 2 { array.squeezed() } else { array };
    let usual = if array.axes.len() == 3 { AxisOrder::Zyx } else { AxisOrder::Zx };
    let options = ImportOptions { axes: wanted.options.axes.or(Some(usual)), ..wanted.options.clone() };
    on_axes::model(path, &name, array, &Wanted { options: &options, ..*wanted })
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
