//! A scenario of statistics: how signals and gradients spread through networks that have learnt nothing yet.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network_settings::NetworkSettings;

/// A scenario of statistics: networks of one input as they start, looked at layer by layer.
///
/// A file with the key `activations` is one. `fwi run` draws the histograms of pre-activations, activations and gradients
/// with the laws that the SIREN paper proves, and the spectra, and measures how far they are apart.
///
/// # Source
/// Sitzmann et al., NeurIPS 2020, section 3.2 and supplement, sections 1.1 to 1.5.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticsScenario {
    /// Version of the scenario format: 1.
    pub schema: u32,
    /// Name of the run directory and the report.
    pub name: String,
    /// The networks to look at.
    pub activations: Vec<StatisticsBlock>,
}

impl ScenarioFile for StatisticsScenario {}

/// One network, one input and one output.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticsBlock {
    /// Name of its part of the report.
    pub name: String,
    /// The network.
    pub network: NetworkSettings,
    /// Inputs, evenly spaced.
    #[serde(default = "samples")]
    pub samples: usize,
    /// First and last input.
    #[serde(default = "interval")]
    pub interval: [f64; 2],
    /// Added to every input.
    #[serde(default)]
    pub shift: f64,
    /// Seed of the parameters.
    #[serde(default)]
    pub seed: u64,
}

fn samples() -> usize {
    16384
}

fn interval() -> [f64; 2] {
    [-1.0, 1.0]
}
