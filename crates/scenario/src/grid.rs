//! `grid`: where wavefields are computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boundary::BoundaryChoice;
use document::Unit;
use survey::ranges;

/// A regular grid of square cells and its boundary.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridBlock {
    /// Left and right edge. They include the absorbing layers of `pml`; those of `cpml` are outside.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Top and bottom edge (z points down), with the absorbing layers as for `x`.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
    /// Distance between nodes. It has to divide both sides of the grid.
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

fn default_order() -> usize {
    4
}
