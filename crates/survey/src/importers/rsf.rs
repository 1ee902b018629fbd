//! RSF files of Madagascar: a model, its header and numbers in one file or in two.

use std::path::Path;

use gridfiles::rsf::{File, ReadOptions};

use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported};
use crate::{input_file, on_axes};

/// Reads a velocity model. The header states the axes; labels such as Depth and Distance tell which is which.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error| DataError::of_grid_file(path, error);
    let file = File::open(path, &ReadOptions::default()).map_err(wrong)?;
    of(path, &file, options)
}

/// The model of a file, with this path for messages.
pub(super) fn of(path: &Path, file: &File, options: &ImportOptions) -> Result<Imported, DataError> {
    on_axes::require(path, file.axes())?;
    let array = file.read().map_err(|error| DataError::of_grid_file(path, error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, options)
}
