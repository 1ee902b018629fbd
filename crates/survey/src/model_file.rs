//! A parameter of the medium in a file: the velocity, the density, the quality factor and all others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use document::problems::WrongLength;
use document::{Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::axis_rules::{AxisOrder, Positive};
use crate::data_error::DataError;
use crate::import::{ImportOptions, Imported, ModelUnit, NumberForm, PerAxis, import_parameter};
use crate::importers::hdf5::of_fwi;
use crate::parameter::Quantity;
use crate::ranges;

/// Values in a file, interpolated to the grid: HDF5 and netCDF, RSF, SEG-Y, VTK ImageData, MATLAB, npy, CSV or raw values, by the ending
/// of its name. The other keys say what the file does not; what it says, they may not contradict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The file, relative to the scenario.
    pub path: PathBuf,
    /// Quantity and unit of the numbers. When absent, those that the file states, or those of the parameter: m/s, kg/m3, Pa or 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<ModelUnit>,
    /// Distance between the nodes of the file, [dx, dz], of a volume [dx, dy, dz].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<Vec<f64>>,
    /// Position of its first node, [x, z], of a volume [x, y, z]. When absent, that of the file, or 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub origin: Option<Vec<f64>>,
    /// Order of its axes, the slowest first. When absent, that of the file, or `zx`, of a volume `zyx`, in which x varies fastest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axes: Option<AxisOrder>,
    /// Direction of its vertical axis. When absent, that of the file, or `down`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive: Option<Positive>,
    /// Metres per unit of its coordinates, such as 1000 for km, where the file does not say it. When absent, 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
    pub scale: Option<f64>,
    /// Name of the dataset, variable or column. When absent, one of the usual names of the parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Number of nodes of raw numbers, [nx, nz], of a volume [nx, ny, nz].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(2.0, 1e6))]
    pub shape: Option<Vec<usize>>,
    /// Type of raw numbers: f32, f64, i16 and the like, with `be` for big endian, as in f32be. When absent, f32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub number: Option<NumberForm>,
    /// What was read from it, where the values are needed at points; filled in by a plan.
    #[serde(skip)]
    #[schemars(skip)]
    loaded: Option<Arc<Imported>>,
}

impl File {
    /// The parameter in the file, in the unit of the quantity, and assumptions that were made, in whole sentences.
    ///
    /// # Errors
    /// [`DataError`], which names the options of `fwi import`; the keys have the same names.
    pub fn read(&self, path: &Path, quantity: &Quantity) -> Result<Imported, DataError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let alone = *self == Self { path: self.path.clone(), loaded: self.loaded.clone(), ..Self::default() };
        if alone && !ending_is_foreign(&ending) {
            return of_fwi(path, quantity).map(Imported::from);
        }
        import_parameter(path, None, quantity, &self.options())
    }

    /// Reads the parameter and keeps it for [`Property::at`](crate::property::Property::at).
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn load(&mut self, path: &Path, quantity: &Quantity) -> Result<(), DataError> {
        self.loaded = Some(Arc::new(self.read(path, quantity)?));
        Ok(())
    }

    /// What was read by [`File::load`].
    #[must_use]
    pub fn loaded(&self) -> Option<&Imported> {
        self.loaded.as_deref()
    }

    fn options(&self) -> ImportOptions {
        fn along<T: Copy>(numbers: Option<&Vec<T>>) -> Option<PerAxis<T>> {
            PerAxis::of(numbers?)
        }
        ImportOptions {
            unit: self.unit,
            spacing: along(self.spacing.as_ref()),
            origin: along(self.origin.as_ref()),
            axes: self.axes,
            positive: self.positive,
            scale: self.scale.unwrap_or(1.0),
            dataset: self.dataset.clone(),
            shape: along(self.shape.as_ref()),
            number: self.number,
            ..ImportOptions::default()
        }
    }

    /// Checks that numbers along the axes are those of a section or of a volume; `at` is the key of the file.
    pub(crate) fn check_lengths(&self, at: &KeyPath) -> Result<(), Fault> {
        let count = |of: Option<&Vec<f64>>| of.map(Vec::len);
        let all = [
            ("spacing", count(self.spacing.as_ref())),
            ("origin", count(self.origin.as_ref())),
            ("shape", self.shape.as_ref().map(Vec::len)),
        ];
        for (key, found) in all {
            if let Some(found) = found.filter(|found| ![2, 3].contains(found)) {
                let rule = "expected two numbers, of x and z, or in a volume three, of x, y and z";
                return Err(Fault::new(at.key(key), WrongLength { found, expected: 2, rule }));
            }
        }
        Ok(())
    }
}

/// Whether a file name ends like that of a format of other programs.
fn ending_is_foreign(ending: &str) -> bool {
    let ours = ["h5", "hdf5"];
    let all = crate::importers::IMPORTERS.iter().flat_map(|importer| importer.extensions);
    all.copied().any(|known| known == ending) && !ours.contains(&ending)
}
