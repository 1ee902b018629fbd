//! A scenario of waves in time: what pulses at rest become in a given velocity, by several methods.

use document::ScenarioFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::inversion::RegionBlock;
use crate::evolutions::EvolutionMethodChoice;
use survey::medium::ModelChoice;

/// A scenario of waves in time: `m u_tt = lap u` from pulses at rest, computed by networks and by finite differences and
/// compared with the exact field where the velocity is uniform, or with finite differences on a finer grid.
///
/// A file with the key `evolutions` is one. `fwi run` computes each, measures it, and writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvolutionScenario {
    /// Version of the scenario format: 1.
    pub schema: u32,
    /// Name of the run directory and the report.
    pub name: String,
    /// The box.
    pub region: RegionBlock,
    /// The velocity in it.
    pub velocity: ModelChoice,
    /// The field at t = 0.
    pub pulses: PulsesBlock,
    /// Times at which fields are compared and shown, s; the last one ends the problem.
    pub times: Vec<f64>,
    /// Distance between the points that are compared, m.
    pub spacing: f64,
    /// Distance between the nodes of the finite differences that stand for a truth where there is no exact field, m; a third
    /// of `spacing` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_spacing: Option<f64>,
    /// The wavefields to compute and compare.
    pub evolutions: Vec<EvolutionBlock>,
}

impl ScenarioFile for EvolutionScenario {}

/// Gaussian pulses, each the start of a wavefield of its own: `u(0) = amplitude exp(-r^2 / (2 variance))`, u_t(0) = 0.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PulsesBlock {
    /// Where they are, a list of points [x, z] in m.
    pub centres: Vec<[f64; 2]>,
    /// Pressure at the peak, Pa.
    pub amplitude: f64,
    /// Variance, m^2.
    pub variance: f64,
}

/// One way to compute the wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvolutionBlock {
    /// Name of its folder in the run directory and its row in the report.
    pub name: String,
    /// How the wavefields are represented and found.
    pub method: EvolutionMethodChoice,
    /// Longest wall time in s; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Where networks are computed: `auto`, `cpu`, or what a build with LibTorch offers (`cuda:0`, ...).
    #[serde(default = "fields::device::automatic")]
    pub device: String,
    /// Seed of all random numbers: one seed, one result on one machine.
    #[serde(default)]
    pub seed: u64,
}
