//! netCDF classic with 64-bit offsets: 64-bit floats `[z, y, x]` with coordinates, units and the CF conventions.

use std::path::Path;

use gridfiles::NumberType;
use gridfiles::netcdf::{Content, NewVariable, Version, write as encode};

use crate::data_error::DataError;
use crate::on_axes;
use crate::sampled::Sampled;

/// Writes the values, and derivatives if there are any, in files of any size.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let arrays = on_axes::arrays(field);
    let variables = arrays.iter().map(|(name, array)| NewVariable { name, array, number: NumberType::F64 });
    let content = Content { attributes: Vec::new(), variables: variables.collect() };
    on_axes::write(path, |out| encode(out, Version::Cdf2, &content))
}
