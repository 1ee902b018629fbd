//! `outputs`: the exports at the end of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

/// The exports of each inverted model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputsBlock {
    /// Formats beside `model.h5`, which is always written.
    #[serde(default)]
    pub formats: Vec<OutputFormat>,
    /// Distance between the exported samples. When absent, that of the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<f64>,
}

/// A file format for velocity models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// HDF5 with dimension scales: xarray, ParaView.
    Hdf5,
    /// NumPy array [z, x], of a volume [z, y, x].
    Npy,
    /// Text, one sample a line: x, z, velocity; in a volume x, y, z, velocity.
    Csv,
    /// VTK ImageData: ParaView, PyVista.
    Vti,
    /// SEG-Y in depth: interpretation programs.
    Segy,
    /// RSF, 32-bit floats with axes, z fastest: Madagascar.
    Rsf,
    /// 32-bit floats without a header, z fastest, and an RSF header beside them: DENISE, SEISCL and others.
    Raw,
    /// netCDF classic with coordinates: xarray, GMT, Panoply.
    Netcdf,
    /// MATLAB, version 5.
    Mat,
    /// MATLAB, version 7.3, of any size.
    Mat73,
    /// Picture.
    Png,
}

impl OutputFormat {
    /// The name as typed, also the name of the exporter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            OutputFormat::Hdf5 => "hdf5",
            OutputFormat::Npy => "npy",
            OutputFormat::Csv => "csv",
            OutputFormat::Vti => "vti",
            OutputFormat::Segy => "segy",
            OutputFormat::Rsf => "rsf",
            OutputFormat::Raw => "raw",
            OutputFormat::Netcdf => "netcdf",
            OutputFormat::Mat => "mat",
            OutputFormat::Mat73 => "mat73",
            OutputFormat::Png => "png",
        }
    }
}
