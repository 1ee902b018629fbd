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
pub(crate) mod order;
pub mod outputs;
pub mod physics;
pub mod reference;
pub mod statistics;
pub mod target;
pub mod wavefields;

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::conditioning::ConditioningChoice;
pub use crate::inversion::MethodChoice;
pub use crate::misfit::MisfitChoice;
pub use crate::optimizer::OptimizerChoice;
pub use crate::regularizer::RegularizerChoice;
pub use crate::storage::StorageChoice;
pub use data::DataBlock;
pub use evolutions::{EvolutionBlock, EvolutionScenario};
pub use fits::{FitBlock, FitScenario};
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

/// A scenario: one true or unknown medium, its data, and the inversions to compare.
///
/// Lengths in m, velocities in m/s, frequencies in Hz, x across, z down. Files are named relative to the scenario.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of the scenario format: 1.
    pub schema: u32,
    /// Name of the run directory and the report.
    pub name: String,
    /// The equation and its frequencies.
    pub physics: PhysicsChoice,
    /// The computational grid and what surrounds it.
    pub grid: GridBlock,
    /// The medium: the truth, if it is known, and where the inversions start.
    pub model: ModelBlock,
    /// Where the sources and receivers are.
    pub survey: SurveyBlock,
    /// The observed data: a file, and how to make it if it is synthetic.
    pub data: DataBlock,
    /// The inversions to run and compare; none is allowed for a scenario that only simulates.
    #[serde(default)]
    pub inversions: Vec<InversionBlock>,
    /// What is exported at the end.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for Scenario {}
