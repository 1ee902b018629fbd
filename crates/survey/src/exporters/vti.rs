//! VTK ImageData, which ParaView and PyVista open: float64 at the nodes of a line, a section or a volume.
//!
//! The axes of the file are x, y and z, of which z points down as everywhere in fwi; axes that a model lacks have one node.

use std::path::Path;

use gridfiles::vti::{Image, WriteOptions, write as encode};

use crate::data_error::DataError;
use crate::on_axes;
use crate::sampled::Sampled;

/// Writes the values under their name, and their derivatives if there are any.
///
/// # Errors
/// [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let arrays = on_axes::arrays(field);
    let named: Vec<_> = arrays.iter().map(|(name, array)| (name.as_str(), array)).collect();
    on_axes::write(path, |out| encode(out, &Image::of(&named)?, &WriteOptions::default()))
}
