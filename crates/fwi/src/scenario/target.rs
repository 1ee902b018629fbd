//! `target`: the array that networks are fitted to.

use std::path::PathBuf;

use document::{CheckSettings, Fault, KeyPath, Unit, positive, rising};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::medium::ModelChoice;

/// A velocity model on a grid.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Velocity {
    /// The model.
    pub model: ModelChoice,
    /// Left and right edge in m.
    pub x: [f64; 2],
    /// Top and bottom edge in m (z points down).
    pub z: [f64; 2],
    /// Distance between samples in m.
    pub spacing: f64,
    /// Standard deviation in m of a Gaussian that the samples are convolved with. The target is then smooth, and its
    /// derivatives are exact; without it derivatives are those of the Sobel and five-point Laplace operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothing: Option<f64>,
}

/// An array in a file: HDF5 model (.h5), NumPy array `[z, x]` (.npy) or picture (.png, its grey value from 0 to 255).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// The file, relative to the scenario.
    pub path: PathBuf,
    /// Distance between the samples of an array or picture in m; a model says its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel: Option<f64>,
    /// Left and right edge in m of the part that is learnt; all of it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<[f64; 2]>,
    /// Top and bottom edge in m of the part that is learnt; all of it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z: Option<[f64; 2]>,
    /// Distance in m between the samples that are learnt, by bilinear interpolation; that of the file when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f64>,
    /// Standard deviation in m of a Gaussian that the samples are convolved with. The target is then smooth, and its
    /// derivatives are exact; without it derivatives are those of the Sobel and five-point Laplace operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothing: Option<f64>,
}

impl CheckSettings for Velocity {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("spacing"), self.spacing, Unit::Metre)?;
        smoothing(at, self.smoothing)
    }
}

impl CheckSettings for Array {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        for (key, length) in [("pixel", self.pixel), ("spacing", self.spacing)] {
            length.map_or(Ok(()), |length| positive(&at.key(key), length, Unit::Metre))?;
        }
        for (key, side) in [("x", self.x), ("z", self.z)] {
            side.map_or(Ok(()), |side| rising(&at.key(key), side, Unit::Metre))?;
        }
        smoothing(at, self.smoothing)
    }
}

fn smoothing(at: &KeyPath, sigma: Option<f64>) -> Result<(), Fault> {
    sigma.map_or(Ok(()), |sigma| positive(&at.key("smoothing"), sigma, Unit::Metre))
}

document::choices! {
    /// What networks are fitted to.
    pub enum TargetChoice: dyn CheckSettings {
        velocity => Velocity,
        array => Array,
    }
}
