//! Weights by depth.

use document::{CheckSettings, Unit};
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};
use survey::ranges;

/// Weights the gradient by `(1 + depth / h)^power`, with the depth below a datum and h a tenth of the height of the
/// grid below it. The weight grows from 1 at the datum to 11^power at the bottom, which makes up for the decay of
/// reflections.
///
/// # Source
/// Wang and Rao, J. Geophys. Res. 114 (2009), B03306, for reflection tomography.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// Power of the depth. 1 to 2 are usual.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(-10.0, 10.0))]
    pub power: f64,
    /// Depth z at which, and above which, the weight is 1. When absent, the top of the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub datum: Option<f64>,
}

fn one() -> f64 {
    1.0
}

impl CheckSettings for Depth {}

impl Conditioning for Depth {
    fn weights(&self, medium: &Medium) -> Option<Vec<f64>> {
        let domain = medium.grid.domain();
        let datum = self.datum.unwrap_or(domain.lo[1]);
        let unit = ((domain.hi[1] - datum) / 10.0).max(f64::MIN_POSITIVE);
        let weight = |at: Point| (1.0 + (at.z() - datum).max(0.0) / unit).powf(self.power);
        Some(medium.grid.nodes().map(weight).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Grid;

    /// 1 at the datum and above, 6^power half way down, 11^power at the bottom.
    #[test]
    fn weights_of_a_column() {
        let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [31, 2]).unwrap();
        let medium = Medium { grid: &grid, velocity: &[1500.0; 62], illumination: None };
        let weights = Depth { power: 1.5, datum: Some(100.0) }.weights(&medium).unwrap();
        for (iz, expected) in [(0, 1.0), (10, 1.0), (20, 6.0_f64.powf(1.5)), (30, 11.0_f64.powf(1.5))] {
            assert!((weights[2 * iz] - expected).abs() < 1e-9, "{iz}");
        }
    }
}
