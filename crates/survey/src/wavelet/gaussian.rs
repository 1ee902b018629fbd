//! A Gaussian and its derivative.

use std::path::Path;

use document::{CheckSettings, Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Wavelet, ricker, sampled};
use crate::data_error::DataError;
use crate::ranges;

/// A Gaussian `exp(-a)` with `a = (pi f (t - delay))^2`, or its derivative scaled to a peak of 1. The second
/// derivative would be the Ricker wavelet of the same f, with the other sign.
///
/// # Source
/// Alford, Kelly and Boore, Geophysics 39 (1974), 834-842.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// Frequency f. The amplitude spectrum is `exp(-(f'/f)^2)` at the frequency f'.
    #[schemars(transform = ranges::frequency())]
    pub frequency: f64,
    /// 0 for the Gaussian, 1 for its derivative. The Gaussian has a static part that never leaves a closed box.
    #[serde(default)]
    #[schemars(transform = Unit::None.within(0.0, 1.0))]
    pub derivative: usize,
    /// Time of the centre. When absent, 1.5/f.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::Second.within(0.0, 1e7))]
    pub delay: Option<f64>,
    /// Value at the peak.
    #[serde(default = "ricker::one")]
    #[schemars(transform = ranges::amplitude())]
    pub amplitude: f64,
}

impl CheckSettings for Gaussian {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        ricker::audible(at, self.amplitude)
    }
}

impl Gaussian {
    fn delay(&self) -> f64 {
        self.delay.unwrap_or(1.5 / self.frequency)
    }
}

impl Wavelet for Gaussian {
    fn samples(&self, _folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError> {
        let value = |t: f64| {
            let a = std::f64::consts::PI * self.frequency * (t - self.delay());
            let shape = if self.derivative == 0 { 1.0 } else { -(2.0 * std::f64::consts::E).sqrt() * a };
            self.amplitude * shape * (-a * a).exp()
        };
        Ok(sampled(dt, steps, value))
    }

    fn extent(&self, _folder: &Path) -> Result<[f64; 2], DataError> {
        Ok([0.05 / self.frequency, self.delay() + 1.5 / self.frequency])
    }
}
