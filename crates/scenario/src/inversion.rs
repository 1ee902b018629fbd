//! `inversions`: the inversions to run and compare.

use std::collections::BTreeMap;

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
        /// How the gradient on the grid is conditioned, for methods `grid` and `implicit`. Several ways are applied together.
        /// When absent, by the illumination for `implicit` in time with `soap` or `adam`, otherwise not at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub conditioning: Option<Vec<ConditioningChoice>>,
        /// The optimiser.
        pub optimizer: OptimizerChoice,
        /// How the wavefield is stored for the gradient, for `acoustic` and `waves` in time. When absent, checkpoints in a gigabyte, or
        /// in half of the memory where there is less than two.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub storage: Option<StorageChoice>,
        /// Takes a part of the shots in each iteration, for `acoustic` and `waves` in time. When absent, a quarter of them for
        /// `implicit` with `soap` or `adam`, otherwise all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub batch: Option<Minibatches>,
        /// Fires several shots together, for `acoustic` and `waves` in time. When absent, one by one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_encoding: Option<SourceEncoding>,
        /// Mutes of the gathers, for `acoustic` and `waves` in time. All of them are applied.
        #[serde(default)]
        pub mutes: Vec<Mute>,
        /// Estimates the source wavelet from the data, for `acoustic` and `waves` in time. When absent, sources emit
        /// `survey.source.wavelet`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub estimate_wavelet: Option<EstimateWavelet>,
        /// Slowest and fastest velocity that the inversion may reach. When absent, `model.velocity_range`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = ranges::velocity())]
        pub bounds: Option<[f64; 2]>,
        /// The parameters that the inversion looks for, by name, for `waves`; all others keep their starting values.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub unknowns: BTreeMap<String, UnknownChoice>,
        /// The starting model of this inversion. When absent, `model.initial`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub initial: Option<ModelChoice>,
        /// The box in which the velocity may differ from the starting model. When absent, the grid without its
        /// absorbing layers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub region: Option<RegionBlock>,
        /// Relative error of the data (root mean square over root mean square). `grid`, `implicit` and `wavefield_reconstruction` stop
        /// at a misfit that small; `joint` goes on, but residuals within it exert no pull. When absent, `joint` and
        /// `wavefield_reconstruction` with `l2` and `helmholtz` estimate it from the part of the data that no model of the region
        /// explains, where the receivers tell it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = Unit::None.within(1e-12, 1.0))]
        pub noise_level: Option<f64>,
    }
}

/// What a plan asks of the role of a parameter.
pub trait ParameterRole {
    /// The name of the parameter that it follows, if it follows one.
    fn follows(&self) -> Option<&str>;
}

/// A parameter that the inversion looks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Free {
    /// Its lowest and highest value, in its own unit.
    #[schemars(transform = Unit::None.within(-1e30, 1e30))]
    pub bounds: [f64; 2],
    /// How far it moves for the same gradient, relative to the other parameters, each measured by its own value. For the
    /// method `grid`; networks learn all parameters at one rate.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
    pub scale: f64,
}

fn one() -> f64 {
    1.0
}

fn is_one(scale: &f64) -> bool {
    *scale == 1.0
}

impl ParameterRole for Free {
    fn follows(&self) -> Option<&str> {
        None
    }
}

/// A parameter that follows another one in the region: `factor of^exponent`, in their units. Elsewhere it keeps its starting
/// values. The defaults are those of the density in kg/m^3
/// and the velocity of P waves in m/s.
///
/// # Source
/// Gardner, Gardner and Gregory, Geophysics 39 (1974), 770-780.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerLaw {
    /// The parameter that it follows, which is free.
    #[serde(default = "vp")]
    pub of: String,
    /// Its value where the other is 1.
    #[serde(default = "gardner_factor")]
    #[schemars(transform = Unit::None.within(1e-12, 1e12))]
    pub factor: f64,
    /// Exponent of the other.
    #[serde(default = "gardner_exponent")]
    #[schemars(transform = Unit::None.within(-4.0, 4.0))]
    pub exponent: f64,
}

fn vp() -> String {
    "vp".to_owned()
}

fn gardner_factor() -> f64 {
    310.0
}

fn gardner_exponent() -> f64 {
    0.25
}

impl ParameterRole for PowerLaw {
    fn follows(&self) -> Option<&str> {
        Some(&self.of)
    }
}

document::choices! {
    /// What an inversion does with a parameter.
    #[derive(PartialEq)]
    pub enum UnknownChoice: dyn ParameterRole {
        free => Free,
        power_law => PowerLaw,
    }
}

/// Some iterations at some frequencies, or in a frequency band.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBlock {
    /// Frequencies of this stage, out of those of `physics`. When absent, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub frequencies: Option<Vec<f64>>,
    /// Pass band of a filter for observed and synthetic traces, for `acoustic` and `waves` in time. When absent, the traces are not
    /// filtered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<BandFilter>,
    /// Largest number of iterations.
    #[schemars(transform = ranges::steps())]
    pub iterations: usize,
}

/// A box in a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionBlock {
    /// Left and right edge.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Top and bottom edge.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
}

/// A box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionBlock {
    /// Left and right edge.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Front and back edge, in a volume. When absent, those of the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub y: Option<[f64; 2]>,
    /// Top and bottom edge. When absent, those of the grid without its absorbing layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub z: Option<[f64; 2]>,
}
