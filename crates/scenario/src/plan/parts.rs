//! The parts of a plan of inversions: the source of the data, and the settings of each inversion.

use std::path::PathBuf;

use fwi::inversion::MethodChoice;
use fwi::inversion_settings::InversionSettings;
use survey::model_source::ModelSource;

/// The data file, or how to simulate it.
#[derive(Debug, Clone)]
pub struct DataPlan {
    /// The HDF5 file.
    pub path: PathBuf,
    /// How to simulate it, if it is synthetic.
    pub simulate: Option<SimulatePlan>,
}

/// How synthetic data are simulated.
#[derive(Debug, Clone)]
pub struct SimulatePlan {
    /// The method that computes the wavefields.
    pub engine: DataSource,
    /// Root mean square of the noise relative to that of the data.
    pub noise: f64,
    /// Seed of the noise.
    pub seed: u64,
}

/// The method that computes synthetic data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DataSource {
    /// The exact solution of the true model, which is uniform or a disc.
    Exact,
    /// Finite differences on a separate grid over the same box.
    FiniteDifferences {
        /// The grid.
        grid: fd::Grid,
        /// Order of accuracy.
        order: usize,
        /// Number of time steps per time step of the inversion.
        refine: usize,
    },
}

/// One inversion.
#[derive(Debug, Clone)]
pub struct InversionPlan {
    /// Its name, which is also the name of its folder.
    pub name: String,
    /// Its starting velocity; none for `waves`.
    pub initial: Option<ModelSource>,
    /// How velocity and wavefield are represented.
    pub method: MethodChoice,
    /// All settings of the method.
    pub settings: InversionSettings,
}
