//! A scenario of fits: networks that learn a given array, its gradient or its Laplacian.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outputs::OutputsBlock;
use super::target::TargetChoice;
use experiments::fits::FitBlock;

/// A scenario of fits: networks that learn a velocity model or any other array, compared with each other.
///
/// A file with the key `fits` is such a scenario. `fwi run` fits every network, compares its value and derivatives
/// with the target, and writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitScenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The array that the networks are fitted to.
    pub target: TargetChoice,
    /// The fits to run and compare.
    pub fits: Vec<FitBlock>,
    /// Formats in which each fitted array is exported at the end, beside the network.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for FitScenario {}
