//! The network plus grids of trainable values from coarse to fine.

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeatureGrid, Lattice, Representation};

/// The network, and grids of learnable values from coarse to fine whose interpolated values are added to its
/// outputs. The grids start at zero, so that the network decides first; detail that it learns slowly goes into the
/// grids.
///
/// # Source
/// The combination of a network with sine activations and a multi-resolution grid is that of arXiv 2603.22362
/// (2026); here the two are added. Grids of several resolutions: Muller, Evans, Schied and Keller, ACM Trans.
/// Graph. 41 (2022), 102, without their hashing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SirenAndGrids {
    /// Cells of the coarsest grid along the longer side of the computational grid.
    #[serde(default = "coarsest")]
    #[schemars(transform = Unit::None.within(1.0, 2048.0))]
    pub coarsest: usize,
    /// Number of grids. Each has twice the cells of the one before.
    #[serde(default = "levels")]
    #[schemars(transform = Unit::None.within(1.0, 12.0))]
    pub levels: usize,
    /// Factor on the values of the grids. All parameters have one learning rate, so it sets how fast the grids
    /// learn compared with the network.
    #[serde(default = "gain")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
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
        let most = 1.0 + (FINEST / self.coarsest as f64).log2().floor();
        within(&at.key("levels"), self.levels as f64, [1.0, most], Unit::None)
    }
}

impl Representation for SirenAndGrids {
    fn grids(&self, cells: &Lattice, channels: usize) -> Vec<FeatureGrid> {
        let dims = cells.len();
        (0..self.levels).map(|l| FeatureGrid::zeros(dims, self.coarsest << l, channels, self.gain)).collect()
    }
}
