//! The table of exporters. An exporter is a file in `exporters/`, its `mod` line and its row.

use std::path::Path;

use crate::data_error::DataError;
use crate::export::Sampled;

pub(crate) mod csv;
pub(crate) mod hdf5;
pub(crate) mod npy;
pub(crate) mod png;

/// One output format for models.
#[derive(Debug, Clone, Copy)]
pub struct Exporter {
    /// Its name in `fwi export --to`.
    pub name: &'static str,
    /// Ending of its file names.
    pub extension: &'static str,
    /// Its purpose, one line for the help text.
    pub purpose: &'static str,
    /// Writes a field without NaN, and its derivatives if there are any.
    pub write: fn(&Sampled, &Path) -> Result<(), DataError>,
}

/// All exporters.
pub const EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "hdf5",
        extension: "h5",
        purpose: "the format of fwi, with axes and units",
        write: hdf5::write,
    },
    Exporter { name: "npy", extension: "npy", purpose: "NumPy, float64 [z, x] in m/s", write: npy::write },
    Exporter { name: "csv", extension: "csv", purpose: "text, one node per line", write: csv::write },
    Exporter {
        name: "png",
        extension: "png",
        purpose: "a figure with axes and colour bar",
        write: png::write,
    },
];
