//! Density that follows the velocity.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Density as a function of velocity.
pub trait DensityRelation: CheckSettings + Sync {
    /// Density in kg/m^3 and its derivative in kg s/m^4 at a velocity in m/s.
    fn at(&self, velocity: f64) -> [f64; 2];
}

/// Density that follows the velocity: `density = factor velocity^exponent`, in kg/m^3 and m/s.
///
/// # Source
/// Gardner, Gardner and Gregory, Geophysics 39 (1974), 770-780.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gardner {
    /// Density at a velocity of 1 m/s.
    #[serde(default = "factor")]
    #[schemars(transform = Unit::KilogramPerCubicMetre.within(1e-3, 1e6))]
    pub factor: f64,
    /// Exponent of the velocity.
    #[serde(default = "exponent")]
    #[schemars(transform = Unit::None.within(-2.0, 2.0))]
    pub exponent: f64,
}

fn factor() -> f64 {
    310.0
}

fn exponent() -> f64 {
    0.25
}

impl CheckSettings for Gardner {}

impl DensityRelation for Gardner {
    fn at(&self, velocity: f64) -> [f64; 2] {
        let density = self.factor * velocity.powf(self.exponent);
        [density, self.exponent * density / velocity]
    }
}

document::choices! {
    /// How the density follows from the velocity.
    #[derive(PartialEq)]
    pub enum DensityChoice: dyn DensityRelation {
        gardner => Gardner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gardner's own figure: about 2.2 g/cm^3 at 2500 m/s; and the derivative by central differences.
    #[test]
    fn gardner() {
        let gardner = Gardner { factor: factor(), exponent: exponent() };
        let [density, slope] = gardner.at(2500.0);
        assert!((density - 2192.0).abs() < 1.0, "{density}");
        let found = (gardner.at(2501.0)[0] - gardner.at(2499.0)[0]) / 2.0;
        assert!((found / slope - 1.0).abs() < 1e-6);
    }
}
