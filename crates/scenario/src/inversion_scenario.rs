//! A scenario of inversions.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::data::DataBlock;
use super::grid::GridBlock;
use super::inversion::InversionBlock;
use super::outputs::OutputsBlock;
use super::physics::PhysicsChoice;
use super::wells::WellBlock;
use survey::medium::ModelBlock;
use survey::positions::SurveyBlock;

/// A scenario of inversions: a true or unknown model, its data, and the inversions to compare.
///
/// Lengths are in m, velocities in m/s, frequencies in Hz and times in s. x points to the right, z points down.
/// File names are relative to the scenario file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The wave equation.
    pub physics: PhysicsChoice,
    /// The computational grid and its boundary.
    pub grid: GridBlock,
    /// The true velocity model, if it is known, and the starting model.
    pub model: ModelBlock,
    /// Positions of the sources and receivers, and the source wavelet or strength.
    pub survey: SurveyBlock,
    /// The observed data: a file, and how to simulate it if the data are synthetic.
    pub data: DataBlock,
    /// The inversions to run and compare. The list may be empty for a scenario that only simulates data.
    #[serde(default)]
    pub inversions: Vec<InversionBlock>,
    /// Wells, along which models are shown and compared with logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wells: Vec<WellBlock>,
    /// Formats in which each inverted model is exported at the end.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for Scenario {}
