//! Models as arrays on axes of other programs, and back.

use std::path::Path;

use fd::Grid;
use gridfiles::cf::{Positive, Role};
use gridfiles::{Array, Axis, GridFileError};

use crate::array::Meaning;
use crate::atomic;
use crate::axis_rules::{self, AxisOrder, direction, metres};
use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported, Wanted};
use crate::input_file;
use crate::memory;
use crate::sampled::Sampled;

/// The model that an array of a file is, with what the options add.
///
/// Order, direction and unit of its axes follow from their names and attributes as in HDF5 files.
///
/// # Errors
/// [`DataError::Shape`] for other than two or three axes of more than one node; contradictions of file and options; units that are
/// none.
pub(crate) fn model(
    path: &Path,
    named: &str,
    array: Array,
    wanted: &Wanted<'_>,
) -> Result<Imported, DataError> {
    let array = if array.axes.len() > 2 { array.squeezed() } else { array };
    let (shape, options) = (array.shape(), wanted.options);
    let (order, known) = order(path, named, &array.axes, options)?;
    let mut array = array.transposed(&order.places());
    let settings = options.axis_settings();
    let vertical = 0;
    let letters = if shape.len() == 2 { ["z", "x"].as_slice() } else { &["z", "y", "x"] };
    for (a, name) in letters.iter().enumerate() {
        let axis = &mut array.axes[a];
        let Some(metres) = metres(path, name, axis.unit.as_deref(), options.scale)? else {
            return Err(DataError::Attribute {
                path: path.to_owned(),
                attribute: format!("the unit of the axis {}", axis.name.as_deref().unwrap_or(name)),
                found: format!("\"{}\"", axis.unit.as_deref().unwrap_or_default()),
                expected: "m, km, cm or mm".into(),
            });
        };
        let mut sign = 1.0;
        if a == vertical
            && let (Some(origin), Some(spacing)) = (axis.origin, axis.spacing)
        {
            let ends = [origin, origin + spacing * axis.len.saturating_sub(1) as f64];
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
    let mut imported = wanted.place(path, named, &array)?;
    if !known {
        imported.notes.push(taken_as(named, &shape, order));
    }
    Ok(imported)
}

/// The order of the axes of an array, and whether the file or the options tell it.
fn order(
    path: &Path,
    named: &str,
    axes: &[Axis],
    options: &ImportOptions,
) -> Result<(AxisOrder, bool), DataError> {
    match axes {
        [first, second] => {
            let vertical = [first, second].map(|axis| axis.role.map(|role| role == Role::Z));
            let names = [first.name.as_deref(), second.name.as_deref()];
            let order = axis_rules::order(path, named, names, vertical, options.axes)?;
            Ok((order.unwrap_or(AxisOrder::Zx), order.is_some()))
        }
        [first, second, third] => {
            let all = [first, second, third];
            let (names, roles) = (all.map(|axis| axis.name.as_deref()), all.map(|axis| axis.role));
            axis_rules::order_of_volume(path, named, names, roles, options.axes)
        }
        _ => Err(DataError::Shape {
            path: path.to_owned(),
            dataset: named.to_owned(),
            axes: "z, x",
            found: axes.iter().map(|axis| axis.len).collect(),
            expected: "two axes, or z, y, x = three in a volume".to_owned(),
        }),
    }
}

/// The note for an order of axes that nobody has told.
pub(crate) fn taken_as(named: &str, shape: &[usize], order: AxisOrder) -> String {
    let letters = |order: AxisOrder| order.letters().chars().map(String::from).collect::<Vec<_>>().join(", ");
    let taken = letters(order);
    if shape.len() == 2 {
        return format!(
            "the file does not name the axes of {named} {shape:?}, slowest first; they are taken as [{taken}]. If they are [x, z], so \
             that z is the fastest, give `--axes xz` (in a scenario: `axes: xz`)"
        );
    }
    format!(
        "the file does not name all axes of {named} {shape:?}, slowest first; they are taken as [{taken}]. If they are others, say so \
         with `--axes`, such as `--axes {}`",
        if order == AxisOrder::Yxz { "xyz" } else { "yxz" }
    )
}

/// Checks that the numbers of a file, and a copy of them, fit into the memory.
pub(crate) fn require(path: &Path, axes: &[Axis]) -> Result<(), DataError> {
    let shape: Vec<usize> = axes.iter().map(|axis| axis.len).collect();
    input_file::require(path, memory::of_array(&shape, 3 * size_of::<f64>()), "the array of the file")
}

/// The name of the array to read: that of the option, the first with a usual name, or the only one unless its name is usual for
/// another parameter.
///
/// # Errors
/// [`DataError::Absent`] with the names that there are.
pub(crate) fn choose(path: &Path, present: Vec<String>, wanted: &Wanted<'_>) -> Result<String, DataError> {
    let usual = wanted.names();
    if let Some(name) = &wanted.options.dataset {
        return match present.contains(name) {
            true => Ok(name.clone()),
            false => Err(DataError::Absent { path: path.to_owned(), what: format!("array {name}"), present }),
        };
    }
    let found = usual.iter().find(|name| present.iter().any(|of| of == *name)).map(|name| (*name).to_owned());
    match (found, &present[..]) {
        (Some(name), _) => Ok(name),
        (None, [only]) if !wanted.is_another(only) => Ok(only.clone()),
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

/// Numbers on a grid, without a name or a unit.
pub(crate) fn plain(grid: &Grid, values: Vec<f64>) -> Array {
    Array { values, name: None, unit: None, ..array(grid, &[], String::new(), None) }
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
