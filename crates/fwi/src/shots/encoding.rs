//! Source encoding: many shots fired together.

use document::Unit;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

/// Adds shots with random signs into a few supershots, each of which costs as much as one shot. The mean of its
/// gradient over the signs is that of all shots; crosstalk between shots averages out as the signs are drawn anew.
///
/// It needs receivers that are the same for all shots, and a misfit that is a sum of squares of the residuals
/// (`l2`).
///
/// # Source
/// Krebs et al., Geophysics 74 (2009), WCC177-WCC188.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEncoding {
    /// Number of supershots.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub supershots: usize,
    /// Number of iterations after which new signs are drawn.
    #[serde(default = "one")]
    #[schemars(transform = ranges::steps())]
    pub redraw: usize,
}

fn one() -> usize {
    1
}

impl SourceEncoding {
    /// Whether an iteration has other codes than the previous one, so that an optimiser must discard its state.
    #[must_use]
    pub fn redraws(&self, iteration: usize) -> bool {
        iteration.is_multiple_of(self.redraw.max(1))
    }

    /// The codes of an iteration, `[supershot, shot]`: 1 or -1 over the root of the number of supershots.
    #[must_use]
    pub fn codes(&self, iteration: usize, shots: usize, seed: u64) -> Vec<f64> {
        let draw = (iteration / self.redraw.max(1)) as u64 + 1;
        let mut rng = StdRng::seed_from_u64(seed ^ draw.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let size = 1.0 / (self.supershots as f64).sqrt();
        (0..self.supershots * shots).map(|_| if rng.random::<bool>() { size } else { -size }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over all draws the codes of two shots are uncorrelated, within four standard deviations 4/sqrt(draws), and
    /// each shot has weight 1. The mean of the encoded least-squares misfit is therefore the ordinary one.
    #[test]
    fn codes_are_uncorrelated() {
        let (encoding, shots, draws) = (SourceEncoding { supershots: 2, redraw: 3 }, 5, 2000);
        let mut product = vec![0.0; shots * shots];
        for draw in 0..draws {
            let codes = encoding.codes(3 * draw, shots, 9);
            assert_eq!(codes, encoding.codes(3 * draw + 2, shots, 9));
            for supershot in codes.chunks(shots) {
                for i in 0..shots {
                    for j in 0..shots {
                        product[i * shots + j] += supershot[i] * supershot[j] / draws as f64;
                    }
                }
            }
        }
        for i in 0..shots {
            for j in 0..shots {
                let expected = if i == j { 1.0 } else { 0.0 };
                let tolerance = if i == j { 1e-9 } else { 4.0 / (draws as f64).sqrt() };
                assert!((product[i * shots + j] - expected).abs() < tolerance, "{i} {j}");
            }
        }
        assert!(encoding.redraws(0) && !encoding.redraws(2) && encoding.redraws(3));
    }
}
