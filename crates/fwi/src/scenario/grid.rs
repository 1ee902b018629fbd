//! `grid`: where wavefields are computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boundary::BoundaryChoice;

/// A regular grid of square cells and its boundary.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridBlock {
    /// Left and right edge in m, the absorbing layers included.
    pub x: [f64; 2],
    /// Top and bottom edge in m (z points down), the absorbing layers included.
    pub z: [f64; 2],
    /// Distance between nodes in m.
    pub spacing: f64,
    /// Order of accuracy of the finite differences: even.
    #[serde(default = "default_order")]
    pub order: usize,
    /// How waves leave the grid.
    pub boundary: BoundaryChoice,
}

fn default_order() -> usize {
    4
}
