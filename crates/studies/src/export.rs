//! Export of models to other formats: the table of exporters.
//!
//! An exporter is a file (of a data format in the crate `survey`, of a figure in `export/`) and a row.

use std::path::{Path, PathBuf};

use survey::data_error::DataError;
use survey::exporters::{csv, hdf5, mat, mat73, netcdf, npy, raw, rsf, segy, vti};
use survey::parameter::Parameter;
use survey::sampled::Sampled;

mod png;
#[cfg(test)]
mod tests;

/// One output format for models.
#[derive(Debug, Clone, Copy)]
pub struct Exporter {
    /// Its name in `fwi export --to`.
    pub name: &'static str,
    /// Ending of its file names.
    pub extension: &'static str,
    /// Its purpose, one line for the help text.
    pub purpose: &'static str,
    /// Whether the format has a place for derivatives.
    pub derivatives: bool,
    /// Writes a field without NaN, and its derivatives if there are any and the format has a place for them.
    pub write: fn(&Sampled, &Path) -> Result<(), DataError>,
}

/// All exporters.
pub const EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "hdf5",
        extension: "h5",
        purpose: "the format of fwi, with axes and units",
        derivatives: true,
        write: hdf5::write,
    },
    Exporter {
        name: "npy",
        extension: "npy",
        purpose: "NumPy, float64 [z, x] or [z, y, x] in m/s",
        derivatives: true,
        write: npy::write,
    },
    Exporter {
        name: "csv",
        extension: "csv",
        purpose: "text, one node per line",
        derivatives: true,
        write: csv::write,
    },
    Exporter {
        name: "vti",
        extension: "vti",
        purpose: "VTK ImageData, for ParaView and PyVista",
        derivatives: true,
        write: vti::write,
    },
    Exporter {
        name: "segy",
        extension: "sgy",
        purpose: "SEG-Y in depth, for interpretation programs",
        derivatives: false,
        write: segy::write,
    },
    Exporter {
        name: "rsf",
        extension: "rsf",
        purpose: "RSF, for Madagascar, 32-bit floats, z fastest",
        derivatives: false,
        write: rsf::write,
    },
    Exporter {
        name: "raw",
        extension: "bin",
        purpose: "32-bit floats, z fastest, for DENISE and others, with an RSF header beside them",
        derivatives: false,
        write: raw::write,
    },
    Exporter {
        name: "netcdf",
        extension: "nc",
        purpose: "netCDF classic with coordinates, for xarray and GMT",
        derivatives: true,
        write: netcdf::write,
    },
    Exporter {
        name: "mat",
        extension: "mat",
        purpose: "MATLAB, version 5",
        derivatives: true,
        write: mat::write,
    },
    Exporter {
        name: "mat73",
        extension: "v73.mat",
        purpose: "MATLAB, version 7.3, of any size",
        derivatives: true,
        write: mat73::write,
    },
    Exporter {
        name: "png",
        extension: "png",
        purpose: "a figure with axes and colour bar",
        derivatives: false,
        write: png::write,
    },
];

/// Writes a field in the named format, via a temporary file.
///
/// # Errors
/// [`DataError::UnknownFormat`] for a name that is not in [`EXPORTERS`]; [`DataError::NotFinite`] for a model with NaN;
/// [`DataError::Unwritable`] if the folder cannot be written to.
pub fn export(field: &Sampled, format: &str, path: &Path) -> Result<(), DataError> {
    let exporter = exporter(format)?;
    field.model.check([f64::NEG_INFINITY, f64::INFINITY], path)?;
    (exporter.write)(field, path)
}

/// Writes the parameters of a medium, which are on one grid: to HDF5 all in one file, to other formats each in its own. `path_of` is
/// the file of a parameter, or of all. Returns the files.
///
/// # Errors
/// As [`export`].
pub fn export_parameters(
    parameters: &[Parameter],
    format: &str,
    path_of: impl Fn(Option<&str>) -> PathBuf,
) -> Result<Vec<PathBuf>, DataError> {
    if format == "hdf5" {
        let path = path_of(None);
        return Parameter::write_all(parameters, &path).map(|()| vec![path]);
    }
    let one = |parameter: &Parameter| {
        let path = path_of(Some(&parameter.quantity.name));
        export(&parameter.clone().into(), format, &path).map(|()| path)
    };
    parameters.iter().map(one).collect()
}

/// The exporter with this name.
///
/// # Errors
/// [`DataError::UnknownFormat`], which lists the available names.
pub fn exporter(format: &str) -> Result<&'static Exporter, DataError> {
    EXPORTERS.iter().find(|e| e.name == format).ok_or_else(|| DataError::UnknownFormat {
        what: "export format",
        found: format.to_owned(),
        known: EXPORTERS.iter().map(|e| e.name).collect(),
    })
}
