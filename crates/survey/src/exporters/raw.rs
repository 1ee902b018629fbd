//! 32-bit floats without a header, little endian, z fastest, as DENISE, SEISCL and many others read them; and an RSF header
//! `NAME.bin.rsf` beside them, which says what they are.

use std::path::{Path, PathBuf};

use gridfiles::raw;
use gridfiles::rsf::WriteOptions;

use crate::atomic;
use crate::data_error::DataError;
use crate::on_axes;
use crate::sampled::Sampled;

/// The file of the description of a file.
#[must_use]
pub fn description(path: &Path) -> PathBuf {
    raw::description_path(path)
}

/// Writes the values, and then their description. There is no place for derivatives.
///
/// # Errors
/// [`DataError::GridFile`] for values beyond the range of 32-bit floats; [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let (array, options) = (on_axes::z_fastest(field), WriteOptions::default());
    let text = raw::description(path, &array, &options);
    let text = text.map_err(|mut error| {
        error.at.path = path.to_owned();
        DataError::of_grid_file(path, error)
    })?;
    on_axes::write(path, |out| raw::write(out, &array, &options))?;
    atomic::write_bytes(&description(path), text.as_bytes())
}
