//! `grid`: where wavefields are computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boundary::BoundaryChoice;
use document::Unit;
use survey::ranges;

/// A regular grid of square or cubic cells and its boundary.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridBlock {
    /// Left and right edge. They include the absorbing layers of `pml`; those of `cpml` are outside.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Front and back edge of a volume, for waves in time. When absent, the grid is a section along x and z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub y: Option<[f64; 2]>,
    /// Top and bottom edge (z points down), with the absorbing layers as for `x`. When absent, the grid is a line along x, for
    /// waves in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub z: Option<[f64; 2]>,
    /// Distance between nodes. It has to divide all sides of the grid.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Order of accuracy of the finite differences in space: 2, 4, 6, 8, 10 or 12 for `helmholtz`; 2, 4, 6, 8 or 12
    /// for `acoustic`.
    #[serde(default = "default_order")]
    #[schemars(transform = Unit::None.within(2.0, 12.0))]
    pub order: usize,
    /// What happens at the edges of the grid.
    pub boundary: BoundaryChoice,
}

impl GridBlock {
    /// The axes that the grid has, with their edges.
    #[must_use]
    pub fn sides(&self) -> Vec<(&'static str, [f64; 2])> {
        let of = |key, side: Option<[f64; 2]>| side.map(|side| (key, side));
        [Some(("x", self.x)), of("y", self.y), of("z", self.z)].into_iter().flatten().collect()
    }

    /// Left and right, top and bottom edge; those of z are 0 where there is no such axis.
    #[must_use]
    pub fn section(&self) -> ([f64; 2], [f64; 2]) {
        (self.x, self.z.unwrap_or_default())
    }
}

fn default_order() -> usize {
    4
}
