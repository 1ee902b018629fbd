//! RSF of Madagascar, header and numbers in one file: 32-bit floats, z fastest, with axes, labels and units.

use std::path::Path;

use gridfiles::rsf::{self, WriteOptions};

use crate::data_error::DataError;
use crate::on_axes;
use crate::sampled::Sampled;

/// Writes the values: n1 is z, n2 is x, n3 is y. RSF has no place for derivatives.
///
/// # Errors
/// [`DataError::GridFile`] for values beyond the range of 32-bit floats; [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    on_axes::write(path, |out| rsf::write(out, &on_axes::z_fastest(field), &WriteOptions::default()))
}
