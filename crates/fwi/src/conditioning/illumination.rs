//! Weights by the energy of the wavefields.

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};

/// `1 / (E / max E + damping)` with the energy E of the source wavefields at each node, the diagonal of an approximate
/// Hessian: places that waves reach weakly move as far as those near the sources.
///
/// # Source
/// Shin, Jang and Min, Geophys. Prospect. 49 (2001), 592-606; Plessix and Mulder, Geophys. J. Int. 157 (2004), 975-987.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Illumination {
    /// Damping over the largest energy.
    #[serde(default = "damping")]
    pub damping: f64,
}

fn damping() -> f64 {
    1e-2
}

impl CheckSettings for Illumination {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("damping"), self.damping, [1e-12, 1e6], Unit::None)
    }
}

impl Conditioning for Illumination {
    fn weights(&self, medium: &Medium) -> Option<Vec<f64>> {
        let energy = medium.illumination.unwrap_or_default();
        let largest = energy.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 {
            return Some(vec![1.0; medium.grid.len()]);
        }
        Some(energy.iter().map(|e| 1.0 / (e / largest + self.damping)).collect())
    }

    fn needs_illumination(&self) -> bool {
        true
    }
}
