//! VTK ImageData: an array at the nodes or in the cells of a section. VTK has no units; z points down unless `--positive up` says
//! otherwise.

use std::path::Path;

use gridfiles::vti::{File, ReadOptions};

use crate::data_error::DataError;
use crate::import::{Imported, Wanted};
use crate::{input_file, on_axes};

/// Reads a model.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    let size = input_file::metadata(path)?.len();
    input_file::require(path, size, "the file")?;
    let wrong = |error| DataError::of_grid_file(path, error);
    let file = File::open(path).map_err(wrong)?;
    let present = file.arrays().iter().map(|of| of.name.clone()).collect();
    let name = on_axes::choose(path, present, wanted)?;
    if let Some(of) = file.arrays().iter().find(|of| of.name == name) {
        on_axes::require(path, &file.axes(of.centre))?;
    }
    let array = file.array(&name, &ReadOptions::default()).map_err(wrong)?;
    on_axes::model(path, &name, array, wanted)
}
