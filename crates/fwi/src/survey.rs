//! Where the sources and receivers are.

use num_complex::Complex64;
use serde::{Deserialize, Serialize};

/// Sources and the receivers that record every one of them.
///
/// # Shapes
/// `sources` `[shot]` and `receivers` `[receiver]`, each a point `[x, z]`.
///
/// # Units
/// Positions in m (x across, z down); `variance` in m^2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Source positions `[x, z]` in m.
    pub sources: Vec<[f64; 2]>,
    /// Receiver positions `[x, z]` in m, shared by all shots.
    pub receivers: Vec<[f64; 2]>,
    /// Complex strength of every source: the wavefield of a uniform medium is `strength * (i/4) H0^(2)(k r)`.
    pub strength: Complex64,
    /// Variance of the Gaussian that spreads each source; 0 is a point source.
    pub variance: f64,
}

impl Survey {
    /// Far-field strength at wavenumber `k` (1/m): a Gaussian source of variance s radiates like a point source
    /// weakened by `exp(-k^2 s / 2)`.
    #[must_use]
    pub fn effective_strength(&self, k: f64) -> Complex64 {
        self.strength * (-0.5 * k * k * self.variance).exp()
    }
}
