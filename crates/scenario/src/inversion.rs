//! `inversions`: the inversions to run and compare.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ConditioningChoice, MethodChoice, MisfitChoice, OptimizerChoice, RegularizerChoice, StorageChoice,
};
use document::Unit;
use fwi::shots::{Minibatches, SourceEncoding};
use survey::medium::ModelChoice;
use survey::ranges;
use survey::traces::{BandFilter, EstimateWavelet, Mute};

experiments::member_block! {
    /// One inversion.
    pub struct InversionBlock {
        /// Name of its folder in the run directory and of its row in the report.
        pub name: String,
        /// How velocity and wavefield are represented, and how the wave equation is enforced.
        pub method: MethodChoice,
        /// Frequency bands in the order in which they are fitted, usually from low to high.
        pub stages: Vec<StageBlock>,
        /// The measure of the difference between observed and synthetic data.
        pub misfit: MisfitChoice,
        /// Penalties that prefer some models among those that fit the data alike.
        #[serde(default)]
        pub regularizers: Vec<RegularizerChoice>,
        /// How the gradient on the grid is conditioned, for method `grid`. Several ways are applied together.
        #[serde(default)]
        pub conditioning: Vec<ConditioningChoice>,
        /// The optimiser.
        pub optimizer: OptimizerChoice,
        /// How the wavefield is stored for the gradient, for `acoustic`. When absent, a gigabyte of checkpoints.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub storage: Option<StorageChoice>,
        /// Takes a part of the shots in each iteration, for `acoustic`. When absent, all shots.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub batch: Option<Minibatches>,
        /// Fires several shots together, for `acoustic`. When absent, one by one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_encoding: Option<SourceEncoding>,
        /// Mutes of the gathers, for `acoustic`. All of them are applied.
        #[serde(default)]
        pub mutes: Vec<Mute>,
        /// Estimates the source wavelet from the data, for `acoustic`. When absent, sources emit
        /// `survey.source.wavelet`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub estimate_wavelet: Option<EstimateWavelet>,
        /// Slowest and fastest velocity that the inversion may reach. When absent, `model.velocity_range`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = ranges::velocity())]
        pub bounds: Option<[f64; 2]>,
        /// The starting model of this inversion. When absent, `model.initial`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub initial: Option<ModelChoice>,
        /// The box in which the velocity may differ from the starting model. When absent, the grid without its
        /// absorbing layers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<RegionBlock>,
        /// Relative error of the data (root mean square over root mean square) at which the inversion stops.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = Unit::None.within(1e-12, 1.0))]
        pub noise_level: Option<f64>,
    }
}

/// Some iterations at some frequencies, or in a frequency band.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBlock {
    /// Frequencies of this stage, out of those of `physics.helmholtz`. When absent, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub frequencies: Option<Vec<f64>>,
    /// Pass band of a filter for observed and synthetic traces, for `acoustic`. When absent, the traces are not
    /// filtered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<BandFilter>,
    /// Largest number of iterations.
    #[schemars(transform = ranges::steps())]
    pub iterations: usize,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionBlock {
    /// Left and right edge.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Top and bottom edge.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
}
