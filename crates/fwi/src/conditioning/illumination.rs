//! Weights by the energy of the wavefields.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Conditioning, Medium};

/// Weights the gradient by `1 / (E / max E + damping)^power`, with the energy E of the source wavefields at each node.
/// With power 1 this is the diagonal of an approximate Hessian: weakly illuminated parts move as far as those near the
/// sources.
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
    /// Power of the weights: 0 does not weigh, 0.5 weighs by amplitudes, 1 by energies.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(0.0, 4.0))]
    pub power: f64,
}

fn damping() -> f64 {
    1e-2
}
fn one() -> f64 {
    1.0
}

impl CheckSettings for Illumination {}

impl Conditioning for Illumination {
    fn weights(&self, medium: &Medium) -> Option<Vec<f64>> {
        let energy = medium.illumination.unwrap_or_default();
        let largest = energy.iter().copied().fold(0.0, f64::max);
        if largest <= 0.0 {
            return Some(vec![1.0; medium.grid.len()]);
        }
        Some(energy.iter().map(|e| (e / largest + self.damping).powf(-self.power)).collect())
    }

    fn needs_illumination(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Grid;

    /// Power 0 leaves the gradient alone, 0.5 gives the roots of the weights of power 1, and those are as stated.
    #[test]
    fn powers() {
        let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [2, 2]).unwrap();
        let energy = [4.0, 2.0, 0.4, 0.0];
        let medium = Medium { grid: &grid, velocity: &[1500.0; 4], illumination: Some(&energy) };
        let weights = |power: f64| Illumination { damping: 0.1, power }.weights(&medium).unwrap();
        assert_eq!(weights(0.0), [1.0; 4]);
        let expected = [1.0 / 1.1, 1.0 / 0.6, 5.0, 10.0];
        for ((one, half), expected) in weights(1.0).into_iter().zip(weights(0.5)).zip(expected) {
            assert!((one / expected - 1.0).abs() < 1e-12 && (half * half / one - 1.0).abs() < 1e-12);
        }
    }
}
