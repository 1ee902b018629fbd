//! The grid of an array in a volume, or on a line, in a file of fwi.

use std::path::Path;

use fd::{Axis, Grid};

use crate::data_error::DataError;
use crate::hdf5_file::Hdf5Reader;

/// The grid of an array `[z, y, x]` or `[x]` of a file of fwi, which has this shape.
///
/// Unlike those of sections, such arrays have to be in this order, each axis with rising coordinates in m in a dataset of its
/// name beside the array.
///
/// # Errors
/// [`DataError`] for another order of the axes, or coordinates that are not even or contradict the attributes `origin` and
/// `spacing`.
pub(super) fn grid_of(file: &Hdf5Reader, name: &str, shape: &[usize]) -> Result<Grid, DataError> {
    let (set, group) = (file.dataset(name)?, name.rsplit_once('/').map_or("", |(group, _)| group));
    let names: &[&str] = if shape.len() == 1 { &["x"] } else { &["x", "y", "z"] };
    let (order, one_each) = if shape.len() == 1 {
        ("x", "one number, of x")
    } else {
        ("z, y, x", "three numbers, of x, y and z")
    };
    let said = file.text(&set, "axes")?;
    if said.as_deref() != Some(order) {
        let found = said.map_or("absent".to_owned(), |said| format!("\"{said}\""));
        return Err(file.wrong_attribute(&set, "axes", found, order));
    }
    let numbers = |attribute: &str| {
        let found = file.numbers(&set, attribute)?.filter(|found| found.len() == names.len());
        found.ok_or_else(|| {
            file.wrong_attribute(&set, attribute, "absent or of another length".to_owned(), one_each)
        })
    };
    let (origin, spacing) = (numbers("origin")?, numbers("spacing")?);
    let mut axes = Vec::new();
    for (a, (axis, nodes)) in names.iter().zip(shape.iter().rev()).enumerate() {
        let axis_name = format!("{group}/{axis}");
        let scale = file.dataset(&axis_name)?;
        if let Some(direction) = file.text(&scale, "positive")?.filter(|direction| direction != "down") {
            return Err(file.wrong_attribute(&scale, "positive", format!("\"{direction}\""), "down"));
        }
        file.expect_units(&axis_name, "m")?;
        let (found, found_shape) = file.reals(&axis_name, &["node"])?;
        if found_shape != [*nodes] {
            return Err(file.wrong_shape(&axis_name, "node", found_shape, format!("[{nodes}]")));
        }
        let axis = Axis { origin: origin[a], spacing: spacing[a], nodes: *nodes };
        let uneven = |(i, at): &(usize, &f64)| (axis.at(*i) - **at).abs() > 1e-3 * axis.spacing.abs();
        if let Some((i, at)) = found.iter().enumerate().find(uneven) {
            return Err(DataError::Contradiction {
                path: file.path.clone(),
                what: format!("coordinate {i} of /{axis_name}"),
                found: format!("{at} m"),
                other: format!("the attributes `origin` and `spacing` of /{name} give {} m", axis.at(i)),
            });
        }
        axes.push(axis);
    }
    Grid::of_axes(&axes).map_err(|error| invalid(&file.path, name, &axes, &error))
}

fn invalid(path: &Path, name: &str, axes: &[Axis], error: &fd::FdError) -> DataError {
    DataError::Range {
        path: path.to_owned(),
        what: format!("the spacing of /{name}"),
        found: axes.iter().map(|axis| axis.spacing).fold(f64::INFINITY, f64::min),
        unit: "m",
        expected: "more than 0".to_owned(),
        advice: error.to_string(),
    }
}
