//! A scenario of waves in time: what pulses at rest become in a given velocity, by several methods.

use document::expand::{Repeat, Sweep};
use document::{ScenarioFile, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::inversion::RegionBlock;
use crate::evolutions::EvolutionMethodChoice;
use survey::medium::ModelChoice;
use survey::ranges;

/// A scenario of waves in time: the wavefields that start from pulses at rest and obey `m u_tt = lap u`. Networks
/// and finite differences compute them. They are compared with the exact solution where the velocity is uniform,
/// and otherwise with finite differences on a finer grid.
///
/// A file with the key `evolutions` is such a scenario. `fwi run` computes each entry, measures its error, and
/// writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvolutionScenario {
    /// Version of the scenario format. It is 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Name of the scenario. Results go to `runs/<name>` unless you choose another directory.
    pub name: String,
    /// The box in which the waves are computed.
    pub region: RegionBlock,
    /// The velocity model in the box.
    pub velocity: ModelChoice,
    /// The wavefield at t = 0.
    pub pulses: PulsesBlock,
    /// Times at which wavefields are compared and shown, in rising order. The last one is the end of the
    /// computation.
    #[schemars(transform = Unit::Second.within(0.0, 1e7))]
    pub times: Vec<f64>,
    /// Distance between the points that are compared.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Distance between the nodes of the finite-difference reference, which is used where there is no exact
    /// solution. When absent, a third of `spacing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub reference_spacing: Option<f64>,
    /// The computations to run and compare.
    pub evolutions: Vec<EvolutionBlock>,
}

impl ScenarioFile for EvolutionScenario {}

/// Gaussian pulses: `u = amplitude exp(-r^2 / (2 variance))` and u_t = 0 at t = 0. Each pulse starts a wavefield of
/// its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PulsesBlock {
    /// Centres of the pulses, a list of points [x, z].
    #[schemars(transform = ranges::coordinate())]
    pub centres: Vec<[f64; 2]>,
    /// Pressure at the centre of a pulse.
    #[schemars(transform = Unit::Pascal.within(1e-15, 1e15))]
    pub amplitude: f64,
    /// Variance of the Gaussian.
    #[schemars(transform = Unit::SquareMetre.within(1e-18, 1e16))]
    pub variance: f64,
}

/// One computation of the wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvolutionBlock {
    /// Name of its folder in the run directory and of its row in the report.
    pub name: String,
    /// How the wavefields are represented and computed.
    pub method: EvolutionMethodChoice,
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
    /// Several members with other seeds instead of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    /// Several members with other settings instead of one, named by what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// Members with the same text here are repetitions of one: tables and the report show their mean, spread and best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}
