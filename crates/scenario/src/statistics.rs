//! A scenario of statistics: how signals and gradients propagate through untrained networks.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use experiments::activations::StatisticsBlock;

/// A scenario of activations: the statistics of networks before training, layer by layer. The networks have one
/// input.
///
/// A file with the key `activations` is such a scenario. `fwi run` draws histograms of pre-activations, activations
/// and gradients beside the distributions that the SIREN paper proves, draws the spectra, and measures how far they
/// are apart.
///
/// # Source
/// Sitzmann et al., NeurIPS 2020, section 3.2 and supplement, sections 1.1 to 1.5.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticsScenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The networks to examine.
    pub activations: Vec<StatisticsBlock>,
}

impl ScenarioFile for StatisticsScenario {}
