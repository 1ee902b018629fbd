//! Weights by depth.

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};

/// `(1 + depth / h)^power` with the depth below a datum and the height h of the grid under it over 10: a weight from 1 at
/// the datum to 11^power at the bottom makes up for the decay of reflections.
///
/// # Source
/// Wang and Rao, J. Geophys. Res. 114 (2009), B03306, for reflection tomography.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// Power of the depth; 1 to 2 are usual.
    #[serde(default = "one")]
    pub power: f64,
    /// Depth in m at which the weight is 1, and above it; the top of the region when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datum: Option<f64>,
}

fn one() -> f64 {
    1.0
}

impl CheckSettings for Depth {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("power"), self.power, [-10.0, 10.0], Unit::None)?;
        self.datum.map_or(Ok(()), |z| within(&at.key("datum"), z, [-1e7, 1e7], Unit::Metre))
    }
}

impl Conditioning for Depth {
    fn weights(&self, medium: &Medium) -> Option<Vec<f64>> {
        let domain = medium.grid.domain();
        let datum = self.datum.unwrap_or(domain.lo[1]);
        let unit = ((domain.hi[1] - datum) / 10.0).max(f64::MIN_POSITIVE);
        let weight = |[_, z]: [f64; 2]| (1.0 + (z - datum).max(0.0) / unit).powf(self.power);
        Some(medium.grid.points().map(weight).collect())
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
