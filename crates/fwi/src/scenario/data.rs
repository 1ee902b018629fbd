//! `data`: what was observed.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The observed data.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataBlock {
    /// The HDF5 file, relative to the scenario; `fwi import` makes one of other formats.
    pub file: PathBuf,
    /// How to make the file from the true model; without it the file has to exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulate: Option<SimulateBlock>,
    /// Whether traces that are all zero or not finite are left out instead of refused; for `acoustic`.
    #[serde(default)]
    pub mask_dead_traces: bool,
}

/// How synthetic data are made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateBlock {
    /// What computes the wavefields; not the solver of the inversion, unless you want an inverse crime.
    pub engine: EngineChoice,
    /// Noise on the data.
    #[serde(default)]
    pub noise: NoiseBlock,
}

/// Gaussian noise: complex and independent for every datum at frequencies, in the band of the wavelet in time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NoiseBlock {
    /// Root mean square of the noise over that of the data, in time over that of the shot; 0 is no noise.
    pub relative: f64,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for NoiseBlock {
    fn default() -> NoiseBlock {
        NoiseBlock { relative: 0.0, seed: 1 }
    }
}

/// What a plan asks of a way to compute data.
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

/// Finite differences, on the grid of the scenario or a finer one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiniteDifferences {
    /// Distance between nodes in m; that of the grid when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f64>,
    /// Order of accuracy, even; that of the grid when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<usize>,
    /// Time steps of the simulation in one of `physics.acoustic.step`.
    #[serde(default = "one")]
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
