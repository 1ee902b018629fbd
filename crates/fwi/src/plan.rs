//! What a scenario means: every number checked, every file found; nothing after it validates again.

pub(crate) mod bands;
mod check;
pub(crate) mod data;
mod device;
mod domain;
pub mod evolutions;
pub mod fits;
mod inversions;
mod joint_in_time;
mod memory;
pub mod origin;
mod source;
pub mod statistics;
mod survey;
#[cfg(test)]
mod tests;
pub mod wavefields;
pub mod waves;

use std::path::{Path, PathBuf};

use document::numbers::short;
use document::{Fault, KeyPath, ScenarioError, ScenarioFile};

use crate::error::FwiError;
use crate::inversion_settings::InversionSettings;
use crate::model::Model;
use crate::observed::Observed;
use crate::scenario::{Kind, MethodChoice, OutputsBlock, Scenario};
use crate::survey::Survey;
use crate::waves_plan::WavesPlan;

pub use domain::slowest_and_fastest;
pub use evolutions::EvolutionsPlan;
pub use fits::FitPlan;
pub use origin::Origin;
pub use source::ModelSource;
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
    /// Where results go: `runs/<name>` unless something else is asked for.
    pub directory: PathBuf,
    /// The scenario as typed, with defaults filled in.
    pub scenario: Scenario,
    /// The computational grid, absorbing layers included.
    pub grid: fd::Grid,
    /// The grid on which models are written: the grid between the absorbing layers, with the spacing of `outputs`.
    pub output: fd::Grid,
    /// Order of accuracy of the finite differences.
    pub order: usize,
    /// The equation and what it needs.
    pub waves: WavesPlan,
    /// Velocities that are believed, m/s.
    pub velocity_range: [f64; 2],
    /// Where the inversions start.
    pub initial: ModelSource,
    /// The true model, when it is known.
    pub truth: Option<ModelSource>,
    /// Sources and receivers.
    pub survey: Survey,
    /// The observed data.
    pub data: DataPlan,
    /// The inversions, in the order of the scenario.
    pub inversions: Vec<InversionPlan>,
    /// What is exported.
    pub outputs: OutputsBlock,
}

/// Where the data are, or how they come to be.
#[derive(Debug, Clone)]
pub struct DataPlan {
    /// The HDF5 file.
    pub path: PathBuf,
    /// How to make it, when it is synthetic.
    pub simulate: Option<SimulatePlan>,
}

/// How synthetic data are made.
#[derive(Debug, Clone)]
pub struct SimulatePlan {
    /// What computes the wavefields.
    pub engine: DataSource,
    /// Root mean square of the noise over that of the data.
    pub noise: f64,
    /// Seed of the noise.
    pub seed: u64,
}

/// What computes synthetic data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DataSource {
    /// The exact solution of the true model, which is uniform or a disc.
    Exact,
    /// Finite differences on a grid of their own over the same box.
    FiniteDifferences {
        /// The grid.
        grid: fd::Grid,
        /// Order of accuracy.
        order: usize,
        /// Time steps in one of the inversion's.
        refine: usize,
    },
}

/// One inversion.
#[derive(Debug, Clone)]
pub struct InversionPlan {
    /// Its name, which is also that of its folder.
    pub name: String,
    /// Where it starts.
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
    /// [`FwiError::NoScenario`], or [`FwiError::Scenario`] with the first fault and its place.
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
    /// [`FwiError::Scenario`] with the first fault and its place.
    pub fn from_text(text: &str, path: &Path) -> Result<Plan, FwiError> {
        let scenario = Scenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let mut plan = check::plan(scenario, folder).map_err(wrong)?;
        (plan.file, plan.text) = (path.to_owned(), text.to_owned());
        Ok(plan)
    }

    /// A fault of this scenario with its place in the file, for checks that need more than the plan.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.file.clone(), &self.text, fault).into()
    }

    /// The observed data, when the file is there, checked against the scenario; of data at frequencies those of the plan.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] for a file that cannot be read, or holds another survey, other frequencies or times.
    pub fn observed(&self) -> Result<Option<Observed>, FwiError> {
        let path = &self.data.path;
        if !path.exists() {
            return Ok(None);
        }
        let fault = |fault| self.fault(fault);
        let all =
            self.waves.open(path).map_err(|error| fault(Fault::new(KeyPath::of("data.file"), error)))?;
        data::matches(&all, path, &self.survey, &self.waves).map_err(fault)?;
        bands::check(&all, &self.waves, &self.inversions).map_err(fault)?;
        Ok(Some(match (all, &self.waves) {
            (Observed::Frequencies(data), WavesPlan::Helmholtz(waves)) => {
                Observed::Frequencies(data::of_frequencies(&data, &waves.frequencies))
            }
            (other, _) => other,
        }))
    }

    /// The comment at the top of the scenario, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        origin::description(&self.text)
    }

    /// The starting model on the grid.
    ///
    /// # Errors
    /// [`FwiError::Data`] when its file has changed since the plan was made.
    pub fn initial_model(&self) -> Result<Model, FwiError> {
        Ok(self.initial.sample(&self.grid)?)
    }

    /// The true model on the grid, when it is known.
    ///
    /// # Errors
    /// [`FwiError::Data`] when its file has changed since the plan was made.
    pub fn true_model(&self) -> Result<Option<Model>, FwiError> {
        Ok(self.truth.as_ref().map(|truth| truth.sample(&self.grid)).transpose()?)
    }

    /// The inversion of a name.
    ///
    /// # Errors
    /// [`FwiError::Argument`] with the names there are.
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

    /// Creates the run directory and makes sure that files can be written there, before any work is done.
    ///
    /// # Errors
    /// [`FwiError::Unwritable`].
    pub fn prepare_directory(&self) -> Result<(), FwiError> {
        origin::prepare(&self.directory)
    }
}

/// Rounded down to two digits, so that the advice to stay below is enough.
fn round_down(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    short((value / unit).floor() * unit)
}
