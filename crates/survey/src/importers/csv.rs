//! Text with one node a line, such as `fwi export --to csv` writes: x, z and values, in a volume x, y, z and values.

use std::path::Path;

use gridfiles::cf::Role;
use gridfiles::nodes::File;

use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported, Wanted};
use crate::{input_file, on_axes};

/// Bytes of memory for a byte of the file, at most: a number of two bytes is eight in memory, and coordinates are sorted.
const SHARE: u64 = 40;

/// Reads a model. Names of columns tell which are coordinates, and the units; without names, `--axes` has the order of the coordinates.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    let size = input_file::metadata(path)?.len();
    input_file::require(path, size.saturating_mul(SHARE), "the text")?;
    let wrong = |error| DataError::of_grid_file(path, error);
    let role = |letter: char| match letter {
        'x' => Role::X,
        'y' => Role::Y,
        _ => Role::Z,
    };
    let order: Option<Vec<Role>> =
        wanted.options.axes.map(|order| order.letters().chars().map(role).collect());
    let file = File::open(path, order.as_deref()).map_err(wrong)?;
    let name = on_axes::choose(path, file.names().map(str::to_owned).collect(), wanted)?;
    let array = file.array(&name).map_err(wrong)?;
    // The columns tell which coordinate is which.
    let options = ImportOptions { axes: None, ..wanted.options.clone() };
    on_axes::model(path, &name, array, &Wanted { options: &options, ..*wanted })
}
