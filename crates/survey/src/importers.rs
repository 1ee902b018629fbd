//! The table of importers. An importer is a file in `importers/`, its `mod` line and its row.

use std::path::Path;

use crate::data_error::DataError;
use crate::dataset::Dataset;
use crate::gathers::Gathers;
use crate::import::{ImportOptions, Imported, Wanted};

pub mod csv;
pub mod hdf5;
pub mod matlab;
pub mod netcdf;
pub mod npy;
pub mod raw;
pub mod rsf;
pub mod segy;
pub mod vti;

/// Reads one kind of content from a file, according to the options.
pub type Reader<T> = fn(&Path, &ImportOptions) -> Result<T, DataError>;

/// Reads a parameter of a medium from a file.
pub type ModelReader = fn(&Path, &Wanted<'_>) -> Result<Imported, DataError>;

/// One format of another program that can be read.
#[derive(Debug, Clone, Copy)]
pub struct Importer {
    /// Its name in `fwi import --from`.
    pub name: &'static str,
    /// Endings of file names, lower case.
    pub extensions: &'static [&'static str],
    /// Reads receiver data, if the format can contain them.
    pub data: Option<Reader<Dataset>>,
    /// Reads traces in time, if the format can contain them.
    pub traces: Option<Reader<Gathers>>,
    /// Reads a model, where the format holds any.
    pub model: Option<ModelReader>,
}

/// All importers.
pub const IMPORTERS: &[Importer] = &[
    Importer {
        name: "hdf5",
        extensions: &["h5", "hdf5", "nc", "nc4"],
        data: None,
        traces: None,
        model: Some(hdf5::model),
    },
    Importer {
        name: "matlab",
        extensions: &["mat"],
        data: Some(matlab::data),
        traces: None,
        model: Some(matlab::model),
    },
    Importer {
        name: "npy",
        extensions: &["npy"],
        data: Some(npy::data),
        traces: Some(npy::traces),
        model: Some(npy::model),
    },
    // Files that end in .nc are recognised by their contents.
    Importer {
        name: "netcdf",
        extensions: &["cdf", "nc3"],
        data: None,
        traces: None,
        model: Some(netcdf::model),
    },
    Importer { name: "rsf", extensions: &["rsf"], data: None, traces: None, model: Some(rsf::model) },
    Importer {
        name: "raw",
        extensions: &["bin", "raw", "vp"],
        data: None,
        traces: None,
        model: Some(raw::model),
    },
    Importer {
        name: "csv",
        extensions: &["csv", "txt", "xyz"],
        data: None,
        traces: None,
        model: Some(csv::model),
    },
    Importer {
        name: "segy",
        extensions: &["sgy", "segy"],
        data: None,
        traces: None,
        model: Some(segy::model),
    },
    Importer { name: "vti", extensions: &["vti"], data: None, traces: None, model: Some(vti::model) },
];
