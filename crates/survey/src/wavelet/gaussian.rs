//! A Gaussian and its derivative.

use std::path::Path;

use document::{CheckSettings, Fault, KeyPath, Unit, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Wavelet, ricker, sampled};
use crate::data_error::DataError;

/// `exp(-a)` with `a = (pi f (t - delay))^2`, or its derivative scaled to a peak of 1. The second derivative would be the
/// Ricker wavelet of the same f (with the other sign).
///
/// # Source
/// Alford, Kelly and Boore, Geophysics 39 (1974), 834-842.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// Frequency f in Hz; the amplitude spectrum is `exp(-(f'/f)^2)` at f'.
    pub frequency: f64,
    /// 0 for the Gaussian, which has a static part that never leaves a closed box, 1 for its derivative.
    #[serde(default)]
    pub derivative: usize,
    /// Time of the middle in s; 1.5/f when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<f64>,
    /// Value at the peak.
    #[serde(default = "ricker::one")]
    pub amplitude: f64,
}

impl CheckSettings for Gaussian {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("derivative"), self.derivative as f64, [0.0, 1.0], Unit::None)?;
        ricker::check(at, self.frequency, self.delay, self.amplitude)
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
