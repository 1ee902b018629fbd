//! netCDF classic, CDF-1, CDF-2 and CDF-5: a variable with its coordinates, by the CF conventions. netCDF-4 is HDF5.

use std::io::Read;
use std::path::Path;

use gridfiles::netcdf::{File, Missing};

use crate::data_error::DataError;
use crate::import::{Imported, Wanted};
use crate::{input_file, on_axes};

/// Whether a file is one, by its first bytes. A file that is not there, or cannot be read, is none.
pub(super) fn is_one(path: &Path) -> Result<bool, DataError> {
    let mut first = [0; 3];
    Ok(input_file::open(path)?.read_exact(&mut first).is_ok() && first == *b"CDF")
}

/// Reads a model.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    input_file::metadata(path)?;
    let wrong = |error| DataError::of_grid_file(path, error);
    let file = File::open(path).map_err(wrong)?;
    let present = file.arrays().map(|of| of.name.clone()).collect();
    let name = on_axes::choose(path, present, wanted)?;
    let axes = file.variable(&name).and_then(|of| file.axes(of)).map_err(wrong)?;
    on_axes::require(path, &axes)?;
    let array = file.array(&name, Missing::Refuse).map_err(wrong)?;
    on_axes::model(path, &name, array, wanted)
}
