//! RSF files of Madagascar: a model, its header and numbers in one file or in two.

use std::path::Path;

use gridfiles::rsf::{File, ReadOptions};

use crate::data_error::DataError;
use crate::import::{Imported, Wanted};
use crate::{input_file, on_axes};

/// Reads a model. The header states the axes; labels such as Depth and Distance tell which is which.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error| DataError::of_grid_file(path, error);
    let file = File::open(path, &ReadOptions::default()).map_err(wrong)?;
    of(path, &file, wanted)
}

/// The model of a file, with this path for messages.
pub(super) fn of(path: &Path, file: &File, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    on_axes::require(path, file.axes())?;
    let array = file.read().map_err(|error| DataError::of_grid_file(path, error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    on_axes::model(path, &stem, array, wanted)
}
