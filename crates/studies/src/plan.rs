//! The meaning of a scenario: every number checked, every file found. Nothing after this validates again.

pub(crate) mod bands;
mod check;
mod coverage;
pub mod data;
mod device;
mod domain;
pub mod evolutions;
pub mod fits;
mod geometry;
mod inversions;
mod joint_in_time;
pub mod origin;
pub mod statistics;
#[cfg(test)]
mod tests;
pub mod wavefields;
pub mod waves;

use std::path::{Path, PathBuf};

use document::{Fault, KeyPath, ScenarioError, ScenarioFile};

use crate::error::FwiError;
use crate::scenario::{Kind, MethodChoice, OutputsBlock, Scenario};
use fwi::inversion_settings::InversionSettings;
use fwi::waves_plan::WavesPlan;
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::observed::Observed;
use survey::survey::Survey;

pub(crate) use check::SNAPSHOTS_A_PERIOD;
pub use domain::slowest_and_fastest;
pub use evolutions::EvolutionsPlan;
pub use fits::FitPlan;
pub use origin::Origin;
pub use statistics::StatisticsPlan;
pub use wavefields::WavefieldsPlan;

/// A checked scenario.
///
/// # Units
/// SI; points `[x, z]`, arrays `[z, x]`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The scenario file.
    pub file: PathBuf,
    /// Its text, as typed.
    pub text: String,
    /// Name of the scenario.
    pub name: String,
    /// Directory of results: `runs/<name>` unless another one is requested.
    pub directory: PathBuf,
    /// The scenario as typed, with defaults filled in.
    pub scenario: Scenario,
    /// The computational grid, including absorbing layers.
    pub grid: fd::Grid,
    /// The grid on which models are written: the grid between the absorbing layers, with the spacing of `outputs`.
    pub output: fd::Grid,
    /// Order of accuracy of the finite differences.
    pub order: usize,
    /// The equation and its settings.
    pub waves: WavesPlan,
    /// Plausible velocities, m/s.
    pub velocity_range: [f64; 2],
    /// The starting model of the inversions.
    pub initial: ModelSource,
    /// The true model, if it is known.
    pub truth: Option<ModelSource>,
    /// Sources and receivers.
    pub survey: Survey,
    /// The observed data.
    pub data: DataPlan,
    /// The inversions, in the order of the scenario.
    pub inversions: Vec<InversionPlan>,
    /// What is exported.
    pub outputs: OutputsBlock,
    /// Notes for the user that are not errors, in whole sentences.
    pub notes: Vec<String>,
}

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
    /// Its starting model.
    pub initial: ModelSource,
    /// How velocity and wavefield are represented.
    pub method: MethodChoice,
    /// Everything that the method is told.
    pub settings: InversionSettings,
}

impl Plan {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    /// [`FwiError::NoScenario`], or [`FwiError::Scenario`] with the first error and its position.
    pub fn from_file(path: &Path) -> Result<Plan, FwiError> {
        let text = origin::text_of(path)?;
        if Kind::of(&text) != Kind::Inversions {
            return Err(FwiError::Argument {
                argument: "SCENARIO",
                found: path.display().to_string(),
                problem: "lists no inversions",
                expected: "`fwi run` or `fwi check` for a scenario of this kind".to_owned(),
            });
        }
        Plan::from_text(&text, path)
    }

    /// Checks the text of a scenario; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<Plan, FwiError> {
        let scenario = Scenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let mut plan = check::plan(scenario, folder).map_err(wrong)?;
        (plan.file, plan.text) = (path.to_owned(), text.to_owned());
        Ok(plan)
    }

    /// An error in this scenario with its position in the file, for checks that need more than the plan.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.file.clone(), &self.text, fault).into()
    }

    /// The observed data, if the file exists, checked against the scenario; for data at frequencies only those of the
    /// plan.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file that cannot be read, or has another survey, other frequencies or times.
    pub fn observed(&self) -> Result<Option<Observed>, FwiError> {
        let path = &self.data.path;
        if !path.exists() {
            return Ok(None);
        }
        let fault = |fault| self.fault(fault);
        let all =
            self.waves.open(path).map_err(|error| fault(Fault::new(KeyPath::of("data.file"), error)))?;
        data::matches(&all, path, &self.survey, &self.waves).map_err(fault)?;
        if self.data.simulate.is_some() {
            crate::made_from::check(all.scenario(), path, &self.resolved(), self.folder())
                .map_err(|stale| self.fault(stale))?;
        }
        bands::check(&all, &self.waves, &self.inversions).map_err(fault)?;
        Ok(Some(match (all, &self.waves) {
            (Observed::Frequencies(data), WavesPlan::Helmholtz(waves)) => {
                Observed::Frequencies(data::of_frequencies(&data, &waves.frequencies))
            }
            (other, _) => other,
        }))
    }

    /// The folder that the files of the scenario are named relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The scenario with its defaults written out.
    ///
    /// # Panics
    /// Never: a scenario has only names, numbers, lists and blocks.
    #[must_use]
    pub fn resolved(&self) -> serde_json::Value {
        serde_json::to_value(&self.scenario).expect("a scenario has only names, numbers, lists and blocks")
    }

    /// The text that data are kept with: the scenario and what they were made from.
    #[must_use]
    pub fn data_record(&self) -> String {
        let made_from = crate::made_from::made_from(&self.resolved(), self.folder());
        crate::made_from::record(&self.text, &made_from)
    }

    /// The comment at the top of the scenario, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        origin::description(&self.text)
    }

    /// The starting model on the grid.
    ///
    /// # Errors
    /// [`FwiError::Data`] if its file has changed since the plan was made.
    pub fn initial_model(&self) -> Result<Model, FwiError> {
        Ok(self.initial.sample(&self.grid)?)
    }

    /// The true model on the grid, if it is known.
    ///
    /// # Errors
    /// [`FwiError::Data`] if its file has changed since the plan was made.
    pub fn true_model(&self) -> Result<Option<Model>, FwiError> {
        Ok(self.truth.as_ref().map(|truth| truth.sample(&self.grid)).transpose()?)
    }

    /// The inversion with this name.
    ///
    /// # Errors
    /// [`FwiError::Argument`] with the existing names.
    pub fn inversion(&self, name: &str) -> Result<&InversionPlan, FwiError> {
        self.inversions.iter().find(|inversion| inversion.name == name).ok_or_else(|| {
            let names: Vec<String> = self.inversions.iter().map(|inversion| inversion.name.clone()).collect();
            FwiError::Argument {
                argument: "--only",
                found: name.to_owned(),
                problem: "no inversion of this name",
                expected: document::numbers::list(&names),
            }
        })
    }

    /// Creates the run directory and checks that files can be written there, before any work is done.
    ///
    /// # Errors
    /// [`FwiError::Unwritable`].
    pub fn prepare_directory(&self) -> Result<(), FwiError> {
        origin::prepare(&self.directory)
    }
}
