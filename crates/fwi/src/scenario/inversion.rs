//! `inversions`: what is run and compared.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ConditioningChoice, MethodChoice, MisfitChoice, OptimizerChoice, RegularizerChoice, StorageChoice,
};
use crate::shots::{Minibatches, SourceEncoding};
use survey::medium::ModelChoice;
use survey::traces::{BandFilter, EstimateWavelet, Mute};

/// One inversion.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InversionBlock {
    /// Name of its folder in the run directory and its row in the report.
    pub name: String,
    /// How velocity and wavefield are represented and how the physics is enforced.
    pub method: MethodChoice,
    /// Frequency bands in the order they are fitted, usually from low to high.
    pub stages: Vec<StageBlock>,
    /// How the distance between observed and synthetic data is measured.
    pub misfit: MisfitChoice,
    /// What is preferred among models that fit the data alike.
    #[serde(default)]
    pub regularizers: Vec<RegularizerChoice>,
    /// How the gradient on a grid is conditioned, all ways together; for method `grid`.
    #[serde(default)]
    pub conditioning: Vec<ConditioningChoice>,
    /// What moves the unknowns.
    pub optimizer: OptimizerChoice,
    /// How the wavefield is kept for the gradient, for `acoustic`; a gigabyte of checkpoints when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageChoice>,
    /// A part of the shots for each iteration, for `acoustic`; all shots when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Minibatches>,
    /// Shots fired together, for `acoustic`; one by one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_encoding: Option<SourceEncoding>,
    /// Which parts of the gathers count, all mutes together, for `acoustic`; all of them when empty.
    #[serde(default)]
    pub mutes: Vec<Mute>,
    /// Estimates the wavelet, for `acoustic`; `survey.source.wavelet` is what sources emit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate_wavelet: Option<EstimateWavelet>,
    /// Slowest and fastest velocity that is searched, in m/s; `model.velocity_range` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 2]>,
    /// Where this inversion starts; `model.initial` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<ModelChoice>,
    /// Box in which the velocity may differ from the starting model; the grid without its absorbing layers when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionBlock>,
    /// Relative error of the data, root mean square over root mean square: fitting stops there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_level: Option<f64>,
    /// Longest wall time in s; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Where the networks are computed: `auto`, `cpu`, or what a build with LibTorch offers (`cuda:0`, ...).
    #[serde(default = "fields::device::automatic")]
    pub device: String,
    /// Seed of all random numbers: one seed, one result on one machine.
    #[serde(default)]
    pub seed: u64,
}

/// Some iterations at some frequencies, or in a band of them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBlock {
    /// Frequencies in Hz, out of those of `physics.helmholtz`; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequencies: Option<Vec<f64>>,
    /// Band that observed and synthetic traces are filtered to, for `acoustic`; the whole spectrum when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<BandFilter>,
    /// Most iterations.
    pub iterations: usize,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionBlock {
    /// Left and right edge in m.
    pub x: [f64; 2],
    /// Top and bottom edge in m.
    pub z: [f64; 2],
}
