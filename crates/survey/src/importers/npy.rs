//! NumPy arrays: complex `[frequency, shot, receiver]` (or `[shot, receiver]` at one frequency) or traces
//! `[shot, receiver, time]` with positions in two additional files, and models `[z, x]` or `[z, y, x]`.

use std::path::{Path, PathBuf};

use fd::Point;
use gridfiles::{Array, Axis};
use num_complex::Complex64;

use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::gathers::{GatherHeader, Gathers, RecordedField};
use crate::import::{ImportOptions, Imported, Wanted};
use crate::importers::matlab::origin_of;
use crate::npy::{self, Values};
use crate::on_axes;
use crate::survey::{Receivers, Survey};

/// Reads receiver data.
pub fn data(path: &Path, options: &ImportOptions) -> Result<Dataset, DataError> {
    let array = npy::read(path)?;
    if matches!(array.values, Values::Real(_)) && options.frequency.is_empty() {
        return Err(no_interval(path));
    }
    let frequencies = options.frequencies(path)?;
    let (sources, receivers) = positions(path, options)?;
    let sources = points(sources, "shot, axis", options)?;
    let receivers = Receivers::Shared(points(receivers, "receiver, axis", options)?);
    let Values::Complex(values) = array.values else {
        return Err(wrong_type(path, &array.dtype, "c8 or c16: pressure at one frequency has a phase"));
    };
    let expected = [frequencies.len(), sources.len(), receivers.count()];
    let fits = array.shape == expected || (frequencies.len() == 1 && array.shape == expected[1..]);
    if !fits {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: "array".to_owned(),
            axes: "frequency, shot, receiver",
            found: array.shape,
            expected: format!("{expected:?}, from the positions and `--frequency`"),
        });
    }
    let pressure: Vec<Complex64> = values.into_iter().map(|v| options.pressure(v)).collect();
    let survey = Survey { sources, receivers, strength: options.strength, variance: options.variance };
    Ok(Dataset::of_pressure(survey, frequencies, pressure, origin_of(path)))
}

/// Reads traces in time.
pub fn traces(path: &Path, options: &ImportOptions) -> Result<Gathers, DataError> {
    let (values, shape) = reals(path)?;
    let interval = options.interval.ok_or_else(|| no_interval(path))?;
    let (sources, receivers) = positions(path, options)?;
    let sources = points(sources, "shot, axis", options)?;
    let receivers = receivers_of(receivers, sources.len(), options)?;
    let [shots, count] = [sources.len(), receivers.count()];
    let samples = match shape[..] {
        [s, r, samples] if s == shots && r == count && samples > 1 => samples,
        _ => {
            let expected = format!("[{shots}, {count}, at least 2], from the positions");
            return Err(wrong_rank(path, "shot, receiver, time", shape, &expected));
        }
    };
    let dt = interval.checked(path, samples).map_err(DataError::Interval)?;
    let survey = GatherHeader::survey(sources, receivers);
    let header = GatherHeader {
        survey,
        dt,
        samples,
        fields: vec![RecordedField::pressure()],
        scenario: origin_of(path),
    };
    Ok(Gathers { header, traces: values.into_iter().map(|v| v as f32).collect() })
}

fn no_interval(path: &Path) -> DataError {
    let what = "the time between the samples of its traces";
    DataError::Unsaid { path: path.to_owned(), what, option: "`--interval S`" }
}

/// The files with the positions.
fn positions<'o>(path: &Path, options: &'o ImportOptions) -> Result<(&'o PathBuf, &'o PathBuf), DataError> {
    let unsaid = |what, option| DataError::Unsaid { path: path.to_owned(), what, option };
    let sources = options.sources.as_ref();
    let receivers = options.receivers.as_ref();
    Ok((
        sources.ok_or_else(|| unsaid("the positions of the sources", "`--sources NPY`"))?,
        receivers.ok_or_else(|| unsaid("the positions of the receivers", "`--receivers NPY`"))?,
    ))
}

/// Receivers shared by all shots, or separate for each shot.
fn receivers_of(path: &Path, shots: usize, options: &ImportOptions) -> Result<Receivers, DataError> {
    let (values, shape) = reals(path)?;
    match shape[..] {
        [s, receivers, 2] if s == shots && receivers > 0 => {
            let points: Vec<_> =
                values.chunks_exact(2).map(|p| options.position([p[0], p[1]]).into()).collect();
            Ok(Receivers::ByShot(points.chunks(receivers).map(<[_]>::to_vec).collect()))
        }
        [_, _, _] => {
            Err(wrong_rank(path, "shot, receiver, axis", shape, &format!("[{shots}, at least 1, 2]")))
        }
        _ => points(path, "receiver, axis", options).map(Receivers::Shared),
    }
}

/// Reads a model: an array `[z, x]`, of a volume `[z, y, x]`, or in the order of `--axes`.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    let (values, shape) = reals(path)?;
    let axes = shape.into_iter().map(Axis::of_len).collect();
    let array = Array::new(axes, values).map_err(|error| DataError::of_grid_file(path, error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, wanted)
}

fn points(path: &Path, axes: &'static str, options: &ImportOptions) -> Result<Vec<Point>, DataError> {
    let (values, shape) = reals(path)?;
    match shape[..] {
        [n, 2] if n > 0 => {
            Ok(values.chunks_exact(2).map(|p| options.position([p[0], p[1]]).into()).collect())
        }
        _ => Err(wrong_rank(path, axes, shape, "[at least 1, 2]")),
    }
}

fn reals(path: &Path) -> Result<(Vec<f64>, Vec<usize>), DataError> {
    let array = npy::read(path)?;
    match array.values {
        Values::Real(values) => Ok((values, array.shape)),
        Values::Complex(_) => Err(wrong_type(path, &array.dtype, "real numbers")),
    }
}

fn wrong_type(path: &Path, found: &str, expected: &'static str) -> DataError {
    DataError::Type { path: path.to_owned(), dataset: "array".to_owned(), found: found.to_owned(), expected }
}

fn wrong_rank(path: &Path, axes: &'static str, found: Vec<usize>, expected: &str) -> DataError {
    DataError::Shape {
        path: path.to_owned(),
        dataset: "array".to_owned(),
        axes,
        found,
        expected: expected.to_owned(),
    }
}
