//! Weights by the energy of the wavefields.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};

/// Weights the gradient by `1 / (E / max E + damping)`, with the energy E of the source wavefields at each node.
/// This is the diagonal of an approximate Hessian: weakly illuminated parts move as far as those near the sources.
///
/// # Source
/// Shin, Jang and Min, Geophys. Prospect. 49 (2001), 592-606; Plessix and Mulder, Geophys. J. Int. 157 (2004),
/// 975-987.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Illumination {
    /// Damping, relative to the largest energy.
    #[serde(default = "damping")]
    #[schemars(transform = Unit::None.within(1e-12, 1e6))]
    pub damping: f64,
}

fn damping() -> f64 {
    1e-2
}

impl CheckSettings for Illumination {}

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
