//! Models as arrays on axes of other programs, and back.

use std::path::Path;

use fd::Grid;
use gridfiles::cf::{Positive, Role};
use gridfiles::{Array, Axis, GridFileError};

use crate::array::Meaning;
use crate::atomic;
use crate::axis_rules::{self, AxisOrder, direction, metres};
use crate::data_error::DataError;
use crate::import::{FileStatements, ImportOptions, Imported};
use crate::input_file;
use crate::memory;
use crate::sampled::Sampled;

/// Names of the velocity in files with several arrays.
pub(crate) const VELOCITY_NAMES: &[&str] = &["vp", "v", "velocity", "vel", "c", "m"];

/// The model that an array of a file is, with what the options add.
///
/// Order, direction and unit of its axes follow from their names and attributes as in HDF5 files.
///
/// # Errors
/// [`DataError::Shape`] for other than two axes of more than one node; contradictions of file and options; units that are none.
pub(crate) fn model(
    path: &Path,
    named: &str,
    array: Array,
    options: &ImportOptions,
) -> Result<Imported, DataError> {
    let array = if array.axes.len() > 2 { array.squeezed() } else { array };
    let [first, second] = &array.axes[..] else {
        return Err(DataError::Shape {
            path: path.to_owned(),
            dataset: named.to_owned(),
            axes: "z, x",
            found: array.shape(),
            expected: "two axes".to_owned(),
        });
    };
    let vertical = [first, second].map(|axis| axis.role.map(|role| role == Role::Z));
    let names = [first.name.as_deref(), second.name.as_deref()];
    let order = axis_rules::order(path, named, names, vertical, options.axes)?;
    let shape = array.shape();
    let mut array = if order == Some(AxisOrder::Xz) { array.transposed(&[1, 0]) } else { array };
    let settings = options.axis_settings();
    for (a, name) in [(0, "z"), (1, "x")] {
        let axis = &mut array.axes[a];
        let Some(metres) = metres(path, name, axis.unit.as_deref(), options.scale)? else {
            return Err(DataError::Attribute {
                path: path.to_owned(),
                attribute: format!("the unit of the axis {}", axis.name.as_deref().unwrap_or(name)),
                found: format!("\"{}\"", axis.unit.as_deref().unwrap_or_default()),
                expected: "m, km, cm or mm",
            });
        };
        let mut sign = 1.0;
        if let (0, Some(origin), Some(spacing)) = (a, axis.origin, axis.spacing) {
            let ends = [origin, origin + spacing * (axis.len - 1) as f64];
            if direction(path, axis.positive.map(Into::into), ends, &settings)? == axis_rules::Positive::Up {
                sign = -1.0;
            }
        }
        axis.origin = axis.origin.map(|origin| sign * metres * origin);
        axis.spacing = axis.spacing.map(|spacing| sign * metres * spacing);
        if axis.spacing.is_some_and(|spacing| spacing < 0.0) {
            array.reverse(a);
        }
    }
    let [z, x] = &array.axes[..] else { unreachable!("there are two axes") };
    let unit = options.stated_unit(array.unit.as_deref()).map_err(|expected| DataError::Attribute {
        path: path.to_owned(),
        attribute: format!("the unit of {named}"),
        found: format!("\"{}\"", array.unit.as_deref().unwrap_or_default()),
        expected,
    })?;
    let stated = FileStatements {
        spacing: both([x.spacing, z.spacing], options.spacing),
        origin: both([x.origin, z.origin], options.origin.or(Some([0.0; 2]))),
        unit,
    };
    let mut imported = options.model(path, named, [z.len, x.len], &array.values, &stated)?;
    if order.is_none() {
        imported.notes.push(format!(
            "the file does not name the axes of {named} {shape:?}, slowest first; they are taken as [z, x]. If they are [x, z], so \
             that z is the fastest, give `--axes xz`"
        ));
    }
    Ok(imported)
}

/// What a file states of x and z. Where it states only one, the option has the other.
fn both([x, z]: [Option<f64>; 2], given: Option<[f64; 2]>) -> Option<[f64; 2]> {
    match (x, z, given) {
        (None, None, _) => None,
        (Some(x), Some(z), _) => Some([x, z]),
        (x, z, given) => given.map(|given| [x.unwrap_or(given[0]), z.unwrap_or(given[1])]),
    }
}

/// Checks that the numbers of a file, and a copy of them, fit into the memory.
pub(crate) fn require(path: &Path, axes: &[Axis]) -> Result<(), DataError> {
    let shape: Vec<usize> = axes.iter().map(|axis| axis.len).collect();
    input_file::require(path, memory::of_array(&shape, 3 * size_of::<f64>()), "the array of the file")
}

/// The name of the array to read: that of the option, the first with a usual name, or the only one.
///
/// # Errors
/// [`DataError::Absent`] with the names that there are.
pub(crate) fn choose(
    path: &Path,
    present: Vec<String>,
    usual: &[&str],
    options: &ImportOptions,
) -> Result<String, DataError> {
    if let Some(name) = &options.dataset {
        return match present.contains(name) {
            true => Ok(name.clone()),
            false => Err(DataError::Absent { path: path.to_owned(), what: format!("array {name}"), present }),
        };
    }
    let found = usual.iter().find(|name| present.iter().any(|of| of == *name)).map(|name| (*name).to_owned());
    match (found, &present[..]) {
        (Some(name), _) => Ok(name),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(DataError::Absent {
            path: path.to_owned(),
            what: format!("array named {}; name it with `--dataset`", usual.join(", ")),
            present,
        }),
    }
}

/// The values of a field, and its derivatives if there are any, each with its name in files.
///
/// # Shapes
/// `[z, y, x]` with the axes that the grid has.
pub(crate) fn arrays(field: &Sampled) -> Vec<(String, Array)> {
    let (name, unit) = (field.name(), unit(field));
    let mut all =
        vec![(name.to_owned(), array(&field.model.grid, &field.model.values, field.label(), unit.clone()))];
    if let Some(at) = &field.derivatives {
        let [x, z] = &at.gradient;
        for (of, values, per) in [("x", x, "m"), ("z", z, "m"), ("laplacian", &at.laplacian, "m2")] {
            let unit = unit.as_ref().map(|unit| format!("{unit}/{per}"));
            all.push((
                format!("{name}_{of}"),
                array(&field.model.grid, values, format!("{name}, {of} derivative"), unit),
            ));
        }
    }
    all
}

/// The unit of a field, where it has one.
fn unit(field: &Sampled) -> Option<String> {
    match (&field.quantity, field.meaning) {
        (Some(quantity), _) => Some(quantity.unit.clone()),
        (None, Meaning::Velocity) => Some("m/s".to_owned()),
        (None, _) => None,
    }
}

fn array(grid: &Grid, values: &[f64], name: String, unit: Option<String>) -> Array {
    let along = |(name, axis): (&&str, fd::Axis)| {
        let positive = (*name == "z").then_some(Positive::Down);
        Axis { positive, ..Axis::even(name, "m", axis.origin, axis.spacing, axis.nodes) }
    };
    let axes = grid.array_axes().iter().zip(grid.axes().into_iter().rev()).map(along).collect();
    Array { axes, values: values.to_vec(), name: Some(name), unit }
}

/// The values of a field with z as the fastest axis, as most programs of the trade have it: `[y, x, z]`.
pub(crate) fn z_fastest(field: &Sampled) -> Array {
    let array = array(&field.model.grid, &field.model.values, field.label(), unit(field));
    match array.axes.len() {
        2 => array.transposed(&[1, 0]),
        3 => array.transposed(&[1, 2, 0]),
        _ => array,
    }
}

/// Writes a file of another program, which appears completely or not at all.
///
/// # Errors
/// [`DataError::Unwritable`], [`DataError::GridFile`].
pub(crate) fn write(
    path: &Path,
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), GridFileError>,
) -> Result<(), DataError> {
    let mut bytes = Vec::new();
    // What is encoded has no path of its own.
    encode(&mut bytes).map_err(|mut error| {
        error.at.path = path.to_owned();
        DataError::of_grid_file(path, error)
    })?;
    atomic::write_bytes(path, &bytes)
}

#[cfg(test)]
mod tests;
