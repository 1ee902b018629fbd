//! `data`: the observed data.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use document::Unit;
use survey::processing::ProcessingChoice;
use survey::ranges;

/// The observed data.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataBlock {
    /// The HDF5 file of the data, relative to the scenario. `fwi import` converts other formats.
    pub file: PathBuf,
    /// How to simulate the data from the true model when the file does not exist. Without this block the file has
    /// to exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulate: Option<SimulateBlock>,
    /// Whether to leave out traces that are all zero or not finite, for `acoustic` and `waves` in time. Otherwise they are an error.
    #[serde(default)]
    pub mask_dead_traces: bool,
    /// The processing of the traces, for `acoustic` and `waves` in time, in its order. Some steps correct recorded traces; the others
    /// are applied to observed and synthetic traces alike, before the band of the stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processing: Vec<ProcessingChoice>,
}

/// How synthetic data are simulated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateBlock {
    /// The method that computes the wavefields. Use another one, or another grid, than the inversion does:
    /// otherwise the test is an inverse crime.
    pub engine: EngineChoice,
    /// Noise that is added to the data.
    #[serde(default)]
    pub noise: NoiseBlock,
}

/// Gaussian noise. At frequencies it is complex and independent for every datum; in time it has the band of the
/// wavelet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NoiseBlock {
    /// Root mean square of the noise divided by that of the data; in time, by that of the data of the same shot. 0
    /// adds no noise.
    #[schemars(transform = Unit::None.within(0.0, 2.0))]
    pub relative: f64,
    /// Seed of the random numbers.
    #[schemars(transform = ranges::seed())]
    pub seed: u64,
}

impl Default for NoiseBlock {
    fn default() -> NoiseBlock {
        NoiseBlock { relative: 0.0, seed: 1 }
    }
}

/// The requirements of a plan for an engine that computes data.
pub trait DataEngine {
    /// Whether the true model has to have an exact solution.
    fn is_exact(&self) -> bool;
}

/// The exact solution: Hankel function for `uniform`, cylinder series for `disc`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exact {}

impl DataEngine for Exact {
    fn is_exact(&self) -> bool {
        true
    }
}

/// Finite differences, on the grid of the scenario or on a finer one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiniteDifferences {
    /// Distance between the nodes of the simulation. When absent, that of `grid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<f64>,
    /// Order of accuracy in space, an even number. When absent, that of `grid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::None.within(2.0, 12.0))]
    pub order: Option<usize>,
    /// Number of time steps of the simulation in one `physics.acoustic.step`.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub refine: usize,
}

fn one() -> usize {
    1
}

impl DataEngine for FiniteDifferences {
    fn is_exact(&self) -> bool {
        false
    }
}

document::choices! {
    /// What computes synthetic data.
    pub enum EngineChoice: dyn DataEngine {
        exact => Exact,
        finite_differences => FiniteDifferences,
    }
}
