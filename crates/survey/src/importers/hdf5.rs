//! HDF5 and netCDF-4 models of other programs: a dataset of a velocity, a squared slowness or another parameter.
//!
//! xarray and netCDF give the axes by dimension scales, their attributes and the CF conventions. JUDI.jl and similar programs
//! write the spacing `d` and the origin `o` as datasets beside the model. MATLAB reverses the dimensions.

use std::path::Path;

use gridfiles::{Array, Axis};
use hdf5::Dataset;

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::hdf5_file::Hdf5Reader;
use crate::hdf5_file::axes::{Axes, axes_of_volume};
use crate::import::{ImportOptions, Imported, Wanted};
use crate::importers::netcdf;
use crate::matlab_file::CLASS;
use crate::model::Model;
use crate::model_io::MODEL_FORMAT;
use crate::on_axes;
use crate::parameter::{Parameter, Quantity};

/// Reads a model. A file of netCDF classic has the same ending as one of netCDF-4, and is read as what it is.
pub fn model(path: &Path, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    if netcdf::is_one(path)? {
        return netcdf::model(path, wanted);
    }
    let ours = Hdf5Reader::with(path, |file| Ok(file.format()?.as_deref() == Some(MODEL_FORMAT)))?;
    if ours {
        wanted.options.says_nothing_of(path, &wanted.quantity.name)?;
        return of_fwi(path, wanted.quantity).map(Imported::from);
    }
    let (quantity, options) = (wanted.quantity.clone(), wanted.options.clone());
    Hdf5Reader::with(path, move |file| from_file(file, &Wanted { quantity: &quantity, options: &options }))
}

/// A parameter in a file of fwi.
pub(crate) fn of_fwi(path: &Path, quantity: &Quantity) -> Result<Model, DataError> {
    if *quantity == Quantity::velocity() {
        return Model::read(path);
    }
    Parameter::read(path, quantity).map(|of| of.model)
}

fn from_file(file: &Hdf5Reader, wanted: &Wanted<'_>) -> Result<Imported, DataError> {
    let (names, options) = (wanted.names(), wanted.options);
    let name = match &options.dataset {
        Some(name) => name.clone(),
        None => {
            let present = file.dataset_names();
            let found = names.iter().find_map(|n| present.iter().find(|p| p.rsplit('/').next() == Some(n)));
            found.cloned().ok_or_else(|| DataError::Absent {
                path: file.path.clone(),
                what: format!("dataset named {}; name it with `--dataset`", names.join(", ")),
                present,
            })?
        }
    };
    let set = file.dataset(&name)?;
    let matlab = file.has_attribute(&set, CLASS)?;
    let unit = file.text(&set, "units")?;
    if let [first, second, third] = set.shape()[..] {
        return volume(file, (&set, &name), [first, second, third], (unit, matlab), wanted);
    }
    let mut asked = options.axis_settings();
    if matlab {
        // A matrix [z, x] of MATLAB is [x, z] in the file.
        asked.order = Some(match asked.order {
            Some(AxisOrder::Xz) => AxisOrder::Zx,
            _ => AxisOrder::Xz,
        });
    }
    let axes = Axes::of(file, &set, &name, asked)?;
    let (values, shape) = file.reals(&name, &if axes.turned { ["x", "z"] } else { ["z", "x"] })?;
    let values = axes.arrange(values);
    let [nz, nx] = axes.shape();
    // `d` and `o` follow `n`, the number of nodes along x and z in that order unless `n` says otherwise.
    let nodes = pair(file, "n")?.filter(|_| nz != nx);
    let turned = nodes == Some([nz as f64, nx as f64]);
    let counted = turned || nodes == Some([nx as f64, nz as f64]);
    let along = |name: &str| Ok(pair(file, name)?.map(|[a, b]| if turned { [b, a] } else { [a, b] }));
    let (spacing, origin) = (axes.spacing.or(along("d")?), axes.origin.or(along("o")?));
    let axis = |a: usize, len: usize| Axis {
        origin: origin.map(|of| of[a]),
        spacing: spacing.map(|of| of[a]),
        ..Axis::of_len(len)
    };
    let array = Array { axes: vec![axis(1, nz), axis(0, nx)], values, name: None, unit };
    let mut imported = wanted.place(&file.path, &name, &array)?;
    if !axes.named && !counted {
        imported.notes.push(format!(
            "the file does not name the axes of {name} {shape:?}; they are taken as [z, x]. If they are [x, z], as written by \
             h5write of MATLAB and by some Python programs, give `--axes xz` (in a scenario: `axes: xz`)"
        ));
    }
    Ok(imported)
}

/// A dataset of three axes, with the coordinates of its dimension scales.
fn volume(
    file: &Hdf5Reader,
    (set, name): (&Dataset, &str),
    shape: [usize; 3],
    (unit, matlab): (Option<String>, bool),
    wanted: &Wanted<'_>,
) -> Result<Imported, DataError> {
    let axes = axes_of_volume(file, set, shape, wanted.options.scale)?;
    let (values, _) = file.reals(name, &["first axis", "second axis", "third axis"])?;
    let array = Array { axes, values, name: None, unit };
    // An array (z, y, x) of MATLAB is [x, y, z] in the file.
    let array = if matlab { array.transposed(&[2, 1, 0]) } else { array };
    let order = wanted.options.axes.or(matlab.then_some(AxisOrder::Zyx));
    let options = ImportOptions { axes: order, scale: 1.0, ..wanted.options.clone() };
    on_axes::model(&file.path, name, array, &Wanted { options: &options, ..*wanted })
}

/// Two numbers in a dataset of their own.
fn pair(file: &Hdf5Reader, name: &str) -> Result<Option<[f64; 2]>, DataError> {
    if !file.has_dataset(name) || file.dataset(name)?.shape() != [2] {
        return Ok(None);
    }
    let (values, _) = file.reals(name, &["axis"])?;
    Ok(Some([values[0], values[1]]))
}
