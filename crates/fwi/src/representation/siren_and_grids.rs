//! The network plus grids of trainable values from coarse to fine.

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeatureGrid, Representation};

/// The network, and grids of learnable values from coarse to fine whose interpolations are added to its outputs. They start
/// at zero, so that the network decides first; detail that it learns slowly goes into the grids.
///
/// # Source
/// The combination of a network with sine activations and a multi-resolution grid is that of arXiv 2603.22362 (2026); here
/// the two are added. Grids of several resolutions: Muller, Evans, Schied and Keller, ACM Trans. Graph. 41 (2022), 102,
/// without their hashing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SirenAndGrids {
    /// Cells of the coarsest grid along the longer side of the computational grid.
    #[serde(default = "coarsest")]
    pub coarsest: usize,
    /// Number of grids; each has twice the cells of the one before.
    #[serde(default = "levels")]
    pub levels: usize,
    /// Factor of what the grids answer: with one learning rate for all parameters, it says how fast they learn against the
    /// network.
    #[serde(default = "gain")]
    pub gain: f32,
}

fn coarsest() -> usize {
    8
}
fn levels() -> usize {
    4
}
fn gain() -> f32 {
    1.0
}

/// Most cells along an axis of the finest grid.
const FINEST: f64 = 2048.0;

impl CheckSettings for SirenAndGrids {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("coarsest"), self.coarsest as f64, [1.0, FINEST], Unit::None)?;
        let most = 1.0 + (FINEST / self.coarsest as f64).log2().floor();
        within(&at.key("levels"), self.levels as f64, [1.0, most], Unit::None)?;
        positive(&at.key("gain"), f64::from(self.gain), Unit::None)
    }
}

impl Representation for SirenAndGrids {
    fn grids(&self, channels: usize) -> Vec<FeatureGrid> {
        (0..self.levels).map(|l| FeatureGrid::zeros(self.coarsest << l, channels, self.gain)).collect()
    }
}
