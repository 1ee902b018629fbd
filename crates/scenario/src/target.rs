//! `target`: the array that networks are fitted to.

use std::path::PathBuf;

use document::{CheckSettings, Fault, KeyPath, Unit, rising};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::medium::ModelChoice;
use survey::ranges;

/// A velocity model on a grid.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Velocity {
    /// The velocity model.
    pub model: ModelChoice,
    /// Left and right edge.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Top and bottom edge (z points down).
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
    /// Distance between samples.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Standard deviation of a Gaussian that the samples are convolved with. The target is then smooth and its
    /// derivatives are exact. Without it the derivatives are those of the Sobel and five-point Laplace operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub smoothing: Option<f64>,
}

/// An array in a file: an HDF5 model (.h5), a NumPy array `[z, x]` (.npy) or a picture (.png, its grey value from 0
/// to 255).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// The file, relative to the scenario.
    pub path: PathBuf,
    /// Distance between the samples of an array or picture. A model file has its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub pixel: Option<f64>,
    /// Left and right edge of the part that is learnt. When absent, the whole array is learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub x: Option<[f64; 2]>,
    /// Top and bottom edge of the part that is learnt. When absent, the whole array is learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub z: Option<[f64; 2]>,
    /// Distance between the samples that are learnt, by bilinear interpolation. When absent, that of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<f64>,
    /// Standard deviation of a Gaussian that the samples are convolved with. The target is then smooth and its
    /// derivatives are exact. Without it the derivatives are those of the Sobel and five-point Laplace operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub smoothing: Option<f64>,
}

impl CheckSettings for Velocity {}

impl CheckSettings for Array {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        for (key, side) in [("x", self.x), ("z", self.z)] {
            side.map_or(Ok(()), |side| rising(&at.key(key), side, Unit::Metre))?;
        }
        Ok(())
    }
}

document::choices! {
    /// The array that networks are fitted to.
    pub enum TargetChoice: dyn CheckSettings {
        velocity => Velocity,
        array => Array,
    }
}
