//! The Ricker wavelet.

use std::path::Path;

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Wavelet, sampled};
use crate::data_error::DataError;

/// `(1 - 2 a) exp(-a)` with `a = (pi f (t - delay))^2`: the spectrum is largest at f and counts up to about 2.6 f.
///
/// # Source
/// Ricker, Geophysics 18 (1953), 10-40.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ricker {
    /// Frequency f of the peak of the spectrum in Hz.
    pub frequency: f64,
    /// Time of the peak in s; 1.5/f when absent, where the wavelet starts at 1e-8 of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<f64>,
    /// Value at the peak.
    #[serde(default = "one")]
    pub amplitude: f64,
}

pub(super) fn one() -> f64 {
    1.0
}

/// Checks what the wavelets have in common.
pub(super) fn check(at: &KeyPath, frequency: f64, delay: Option<f64>, amplitude: f64) -> Result<(), Fault> {
    positive(&at.key("frequency"), frequency, Unit::Hertz)?;
    delay_and_amplitude(at, delay, amplitude)
}

pub(super) fn delay_and_amplitude(at: &KeyPath, delay: Option<f64>, amplitude: f64) -> Result<(), Fault> {
    if let Some(delay) = delay {
        within(&at.key("delay"), delay, [0.0, f64::INFINITY], Unit::Second)?;
    }
    within(&at.key("amplitude"), amplitude, [-1e30, 1e30], Unit::None)
}

impl CheckSettings for Ricker {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        check(at, self.frequency, self.delay, self.amplitude)
    }
}

impl Ricker {
    fn delay(&self) -> f64 {
        self.delay.unwrap_or(1.5 / self.frequency)
    }
}

impl Wavelet for Ricker {
    fn samples(&self, _folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError> {
        let value = |t: f64| {
            let a = (std::f64::consts::PI * self.frequency * (t - self.delay())).powi(2);
            self.amplitude * (1.0 - 2.0 * a) * (-a).exp()
        };
        Ok(sampled(dt, steps, value))
    }

    fn extent(&self, _folder: &Path) -> Result<[f64; 2], DataError> {
        Ok([0.05 / self.frequency, self.delay() + 1.5 / self.frequency])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The spectrum is (f/f0)^2 exp(1 - (f/f0)^2) of its peak: 1 % at 2.758 f0, found within its sampling.
    #[test]
    fn highest_frequency() {
        let ricker = Ricker { frequency: 8.0, delay: Some(2.0), amplitude: 1.0 };
        let band = super::super::band(&ricker, Path::new("")).unwrap().unwrap();
        let edge = |x: f64| x * x * (1.0 - x * x).exp();
        let ratio = band.high / 8.0;
        assert!(edge(ratio) >= 0.0099 && edge(ratio + 0.02) < 0.01, "{ratio}");
        assert!((band.peak - 8.0).abs() < 0.15);
    }
}
