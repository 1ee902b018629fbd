//! What the user typed: the scenario, block by block.
//!
//! Plain data with the meaning and unit of every key in its doc comment; `fwi schema` and the scenario reference are made
//! from them. Whether the numbers make sense together is decided by [`Plan`](crate::plan::Plan).

pub mod boundary;
pub mod data;
pub mod evolutions;
pub mod fits;
pub mod grid;
pub mod inversion;
pub mod kind;
pub mod order;
pub mod outputs;
pub mod physics;
pub mod reference;
pub mod statistics;
pub mod target;
pub mod wavefields;

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use data::DataBlock;
pub use evolutions::{EvolutionBlock, EvolutionScenario};
pub use fits::{FitBlock, FitScenario};
pub use fwi::conditioning::ConditioningChoice;
pub use fwi::inversion::MethodChoice;
pub use fwi::misfit::MisfitChoice;
pub use fwi::optimizer::OptimizerChoice;
pub use fwi::regularizer::RegularizerChoice;
pub use fwi::storage::StorageChoice;
pub use grid::GridBlock;
pub use inversion::InversionBlock;
pub use kind::Kind;
pub use outputs::OutputsBlock;
pub use physics::PhysicsChoice;
pub use statistics::{StatisticsBlock, StatisticsScenario};
pub use survey::medium::ModelBlock;
pub use survey::positions::SurveyBlock;
pub use survey::wavelet::WaveletChoice;
pub use wavefields::{WavefieldBlock, WavefieldScenario};

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
    /// Positions of the sources and receivers, and what the sources emit.
    pub survey: SurveyBlock,
    /// The observed data: a file, and how to simulate it if the data are synthetic.
    pub data: DataBlock,
    /// The inversions to run and compare. The list may be empty for a scenario that only simulates data.
    #[serde(default)]
    pub inversions: Vec<InversionBlock>,
    /// Formats in which each inverted model is exported at the end.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for Scenario {}
