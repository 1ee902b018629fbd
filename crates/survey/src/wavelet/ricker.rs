//! The Ricker wavelet.

use std::path::Path;

use document::numbers::plain;
use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Wavelet, sampled};
use crate::data_error::DataError;
use crate::ranges;

/// A Ricker wavelet `(1 - 2 a) exp(-a)` with `a = (pi f (t - delay))^2`. Its spectrum is largest at f and matters
/// up to about 2.6 f.
///
/// # Source
/// Ricker, Geophysics 18 (1953), 10-40.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ricker {
    /// Frequency f at which the spectrum is largest.
    #[schemars(transform = ranges::frequency())]
    pub frequency: f64,
    /// Time of the peak. When absent, 1.5/f, so that the wavelet starts at 1e-8 of its peak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::Second.within(0.0, 1e7))]
    pub delay: Option<f64>,
    /// Value at the peak.
    #[serde(default = "one")]
    #[schemars(transform = ranges::amplitude())]
    pub amplitude: f64,
}

pub(super) fn one() -> f64 {
    1.0
}

/// Smallest amplitude, whose square 32-bit numbers still resolve.
const SMALLEST: f64 = 1e-15;

/// An amplitude that is too small.
#[derive(Debug)]
struct AmplitudeTooSmall {
    amplitude: f64,
}

impl Problem for AmplitudeTooSmall {
    fn message(&self, subject: &Subject) -> Message {
        let smallest = plain(SMALLEST);
        Message::new(format!("{subject} is too small for a wavelet"))
            .found(plain(self.amplitude))
            .expected(format!("at least {smallest} or at most -{smallest}"))
            .help("misfits are relative to the data: leave `amplitude` out for a peak of 1")
    }
}

/// Refuses an amplitude that is zero, or so small that the squares of the traces vanish in 32 bits.
pub(super) fn audible(at: &KeyPath, amplitude: f64) -> Result<(), Fault> {
    if amplitude.abs() >= SMALLEST {
        return Ok(());
    }
    Err(Fault::new(at.key("amplitude"), AmplitudeTooSmall { amplitude }))
}

impl CheckSettings for Ricker {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        audible(at, self.amplitude)
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
