//! MATLAB of version 5: a matrix `vp(iz, ix)`, of a volume `vp(iz, iy, ix)`, in double precision, and the coordinates `x`, `y` and `z` in m.

use std::path::Path;

use gridfiles::mat5::{Variable, write as encode};
use gridfiles::{Array, Axis, NumberType};

use crate::data_error::DataError;
use crate::on_axes;
use crate::sampled::Sampled;

/// Writes the values, derivatives if there are any, and the coordinates.
///
/// # Errors
/// [`DataError::GridFile`] for 2 GiB and more; [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let mut arrays = on_axes::arrays(field);
    let grid = &field.model.grid;
    for (name, axis) in grid.array_axes().iter().zip(grid.axes().iter().rev()) {
        let values = (0..axis.nodes).map(|i| axis.at(i)).collect();
        let axes = vec![Axis::of_len(axis.nodes)];
        arrays.push(((*name).to_owned(), Array { axes, values, name: None, unit: None }));
    }
    let variables: Vec<Variable<'_>> =
        arrays.iter().map(|(name, array)| Variable { name, array, number: NumberType::F64 }).collect();
    on_axes::write(path, |out| encode(out, &variables))
}
