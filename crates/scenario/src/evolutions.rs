//! A scenario of waves in time: what pulses at rest become in a given velocity, by several methods.

use document::{ScenarioFile, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::inversion::SectionBlock;
use experiments::evolutions::EvolutionBlock;
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
    pub region: SectionBlock,
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
