//! A velocity model in a file.

use std::path::{Path, PathBuf};

use document::KeyPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::VelocityModel;
use crate::axis_rules::{AxisOrder, Positive};
use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported, VelocityUnit, import_model};
use crate::model::Model;
use crate::ranges;

/// A model in a file, interpolated to the grid: HDF5 and netCDF, RSF, VTK ImageData, MATLAB, npy or raw values, by the ending of its
/// name. The other keys say what the file does not; what it says, they may not contradict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file, relative to the scenario.
    pub path: PathBuf,
    /// Quantity and unit of the numbers. When absent, those that the file states, or m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<VelocityUnit>,
    /// Distance between the nodes of the file, [dx, dz].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<[f64; 2]>,
    /// Position of its first node, [x, z]. When absent, that of the file, or [0, 0].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub origin: Option<[f64; 2]>,
    /// Order of its axes. When absent, that of the file, or `zx`, in which x varies fastest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axes: Option<AxisOrder>,
    /// Direction of its vertical axis. When absent, that of the file, or `down`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<Positive>,
    /// Name of the dataset or variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Number of nodes of raw numbers, [nx, nz].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = document::Unit::None.within(2.0, 1e6))]
    pub shape: Option<[usize; 2]>,
}

impl File {
    /// The model in the file, and assumptions that were made, in whole sentences.
    ///
    /// # Errors
    /// [`DataError`], which names the options of `fwi import`; the keys have the same names.
    pub fn read(&self, path: &Path) -> Result<Imported, DataError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let alone = *self == Self { path: self.path.clone(), ..Self::default() };
        if alone && !ending_is_foreign(&ending) {
            return Model::read(path).map(Imported::from);
        }
        let options = ImportOptions {
            unit: self.unit,
            spacing: self.spacing,
            origin: self.origin,
            axes: self.axes,
            positive: self.positive,
            dataset: self.dataset.clone(),
            shape: self.shape,
            ..ImportOptions::default()
        };
        import_model(path, None, &options)
    }
}

/// Whether a file name ends like that of a format of other programs.
fn ending_is_foreign(ending: &str) -> bool {
    let ours = ["h5", "hdf5"];
    let all = crate::importers::IMPORTERS.iter().flat_map(|importer| importer.extensions);
    all.copied().any(|known| known == ending) && !ours.contains(&ending)
}

impl VelocityModel for File {
    fn velocity(&self, _x: f64, _z: f64) -> Option<f64> {
        None
    }

    fn velocities(&self, _at: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }
}
