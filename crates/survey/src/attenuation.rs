//! Attenuation of waves at frequencies.

use document::{Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::property::PropertyChoice;
use crate::ranges;

/// The quality factors that a medium may have.
pub const QUALITIES: [f64; 2] = [1.0, 1e6];

/// Waves lose energy. The quality factor is the same at every frequency: with exp(+i omega t), the squared velocity is
/// `v^2 (1 + 1/l) / (2 l) (1 + i/Q)` with `l = sqrt(1 + 1/Q^2)`, whose phase velocity is v.
///
/// # Source
/// Aki & Richards, Quantitative Seismology (2002), section 5.5. Dispersion: Kolsky, Phil. Mag. 1 (1956), 693-710; Futterman, J.
/// Geophys. Res. 67 (1962), 5279-5291.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attenuation {
    /// The quality factor Q, from 1 to 1e6.
    pub quality: PropertyChoice,
    /// The frequency at which the phase velocity is that of the model. At a frequency f it is
    /// `1 + ln(f / reference_frequency) / (pi Q)` times that. When absent it is the same at every frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub reference_frequency: Option<f64>,
}

/// The phase velocity at a frequency over that at a reference frequency, both in Hz, for a quality factor.
#[must_use]
pub fn dispersion(frequency: f64, reference: f64, quality: f64) -> f64 {
    1.0 + (frequency / reference).ln() / (std::f64::consts::PI * quality)
}

impl Attenuation {
    /// The phase velocity at a frequency (Hz) and a point (m) over the velocity of the model.
    #[must_use]
    pub fn dispersion(&self, frequency: f64, point: [f64; 2]) -> f64 {
        let at = |reference: f64| dispersion(frequency, reference, self.quality.at(point));
        self.reference_frequency.map_or(1.0, at)
    }

    /// Checks the numbers; `at` is the key of the block.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.quality.check(&at.key("quality"), QUALITIES)
    }
}
