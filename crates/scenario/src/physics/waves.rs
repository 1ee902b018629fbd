//! `physics.waves`: any system of wave equations in time.

use std::collections::BTreeMap;

use document::{CheckSettings, Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Times;
use document::Unit;
use survey::ranges;

/// Waves in time of an equation of the catalogue, or of your own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waves {
    /// The equation: the name of a system of the catalogue (`acoustic`, `acoustic_density`, `acoustic_vti`, `viscoacoustic`,
    /// `elastic`, `elastic_vti`, `sh`), or the text of a system, one declaration or residual a line.
    pub equation: String,
    /// The numbers that the equation has besides its parameters, such as `rate` of `viscoacoustic`, in the units of the equation.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(transform = Unit::None.within(-1e30, 1e30))]
    pub numbers: BTreeMap<String, f64>,
    /// Length of a record. The wavelet starts at 0.
    #[schemars(transform = ranges::duration())]
    pub duration: f64,
    /// Time step. `fwi check --explain` prints the largest stable one.
    #[schemars(transform = ranges::duration())]
    pub step: f64,
    /// Time between the samples of the data, a whole number of steps. When absent, one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub interval: Option<f64>,
}

impl Waves {
    /// When the data are sampled.
    #[must_use]
    pub fn times(&self) -> Times {
        Times { duration: self.duration, step: self.step, interval: self.interval }
    }
}

impl CheckSettings for Waves {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.times().check(at)
    }
}
