//! HDF5 and netCDF-4 models of other programs: a dataset of velocity or squared slowness.
//!
//! xarray and netCDF give the axes by dimension scales, their attributes and the CF conventions. JUDI.jl and similar programs
//! write the spacing `d` and the origin `o` as datasets beside the model. MATLAB reverses the dimensions.

use std::path::Path;

use hdf5::Dataset;

use crate::axis_rules::AxisOrder;
use crate::data_error::DataError;
use crate::hdf5_file::Hdf5Reader;
use crate::hdf5_file::axes::Axes;
use crate::import::{FileStatements, ImportOptions, Imported, VelocityUnit};
use crate::importers::netcdf;
use crate::matlab_file::CLASS;
use crate::model::Model;
use crate::model_io::MODEL_FORMAT;
use crate::on_axes::VELOCITY_NAMES;

/// Reads a velocity model. A file of netCDF classic has the same ending as one of netCDF-4, and is read as what it is.
pub fn model(path: &Path, options: &ImportOptions) -> Result<Imported, DataError> {
    if netcdf::is_one(path)? {
        return netcdf::model(path, options);
    }
    let given = options.clone();
    let ours = Hdf5Reader::with(path, |file| Ok(file.format()?.as_deref() == Some(MODEL_FORMAT)))?;
    if ours {
        options.says_nothing_of(path)?;
        return Model::read(path).map(Imported::from);
    }
    Hdf5Reader::with(path, move |file| from_file(file, &given))
}

fn from_file(file: &Hdf5Reader, options: &ImportOptions) -> Result<Imported, DataError> {
    let name = match &options.dataset {
        Some(name) => name.clone(),
        None => {
            let present = file.dataset_names();
            let found =
                VELOCITY_NAMES.iter().find_map(|n| present.iter().find(|p| p.rsplit('/').next() == Some(n)));
            found.cloned().ok_or_else(|| DataError::Absent {
                path: file.path.clone(),
                what: format!("dataset named {}; name it with `--dataset`", VELOCITY_NAMES.join(", ")),
                present,
            })?
        }
    };
    let set = file.dataset(&name)?;
    let matlab = file.has_attribute(&set, CLASS)?;
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
    let stated = FileStatements {
        spacing: axes.spacing.or(along("d")?),
        origin: axes.origin.or(along("o")?),
        unit: unit(file, &set, options)?,
    };
    let mut imported = options.model(&file.path, &name, [nz, nx], &values, &stated)?;
    if !axes.named && !counted {
        imported.notes.push(format!(
            "the file does not name the axes of {name} {shape:?}; they are taken as [z, x]. If they are [x, z], as written by \
             h5write of MATLAB and by some Python programs, give `--axes xz`"
        ));
    }
    Ok(imported)
}

/// Two numbers in a dataset of their own.
fn pair(file: &Hdf5Reader, name: &str) -> Result<Option<[f64; 2]>, DataError> {
    if !file.has_dataset(name) || file.dataset(name)?.shape() != [2] {
        return Ok(None);
    }
    let (values, _) = file.reals(name, &["axis"])?;
    Ok(Some([values[0], values[1]]))
}

/// The unit given by the attribute `units` of a dataset.
fn unit(
    file: &Hdf5Reader,
    set: &Dataset,
    options: &ImportOptions,
) -> Result<Option<VelocityUnit>, DataError> {
    let text = file.text(set, "units")?;
    options.stated_unit(text.as_deref()).map_err(|expected| {
        file.wrong_attribute(set, "units", format!("\"{}\"", text.unwrap_or_default()), expected)
    })
}
