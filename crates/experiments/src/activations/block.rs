//! The settings of one network whose statistics are taken.

use document::Unit;
use document::expand::{Repeat, Sweep};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use fwi::network_settings::NetworkSettings;
use survey::ranges;

/// One network with one input and one output.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticsBlock {
    /// Name of its part of the report.
    pub name: String,
    /// The network.
    pub network: NetworkSettings,
    /// Number of inputs, evenly spaced.
    #[serde(default = "samples")]
    #[schemars(transform = Unit::None.within(16.0, 1e7))]
    pub samples: usize,
    /// First and last input.
    #[serde(default = "interval")]
    #[schemars(transform = Unit::None.within(-1e6, 1e6))]
    pub interval: [f64; 2],
    /// A number that is added to every input. Beyond 1e5, inputs of 32 bits are further apart than the shortest
    /// period of the network.
    #[serde(default)]
    #[schemars(transform = Unit::None.within(-1e5, 1e5))]
    pub shift: f64,
    /// Seed of the parameters.
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

fn samples() -> usize {
    16384
}

fn interval() -> [f64; 2] {
    [-1.0, 1.0]
}
