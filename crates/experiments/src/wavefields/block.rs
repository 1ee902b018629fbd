//! The settings of one computation of wavefields.

use document::expand::{Repeat, Sweep};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::method::WavefieldMethodChoice;
use crate::run_settings::RunSettings;
use survey::ranges;

/// One computation of the wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WavefieldBlock {
    /// Name of its folder in the run directory and of its row in the report.
    pub name: String,
    /// How the wavefields are represented and computed.
    pub method: WavefieldMethodChoice,
    /// Longest wall time. No limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::time_limit())]
    pub time_limit: Option<f64>,
    /// Device on which the networks are computed: `auto`, `cpu`, or a device of a build with LibTorch (`cuda:0`,
    /// ...).
    #[serde(default = "fields::device::automatic")]
    pub device: String,
    /// Seed of all random numbers. The same seed gives the same result on the same machine.
    #[serde(default)]
    #[schemars(transform = ranges::seed())]
    pub seed: u64,
    /// Repeats the block with several seeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// Repeats the block with several values of some settings. The names of the members contain these values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// Members with the same text here are repetitions of one: tables and the report show their mean, spread and best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl WavefieldBlock {
    /// How it is run.
    #[must_use]
    pub fn run_settings(&self) -> RunSettings<'_> {
        RunSettings { device: &self.device, seed: self.seed, time_limit: self.time_limit }
    }
}
