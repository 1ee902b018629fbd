//! The Ormsby wavelet: a flat band with straight flanks.

use std::f64::consts::PI;
use std::path::Path;

use document::problems::NotRising;
use document::{CheckSettings, Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Wavelet, ricker, sampled};
use crate::data_error::DataError;
use crate::ranges;

/// An Ormsby wavelet: its spectrum rises from f1 to f2, is flat to f3 and falls to f4.
///
/// The wavelet is multiplied by a Hann window of twice the delay, so that it begins and ends at zero. This rounds
/// the corners of the spectrum by about the inverse of the delay.
///
/// # Source
/// Ryan, CSEG Recorder 19-7 (1994), 8-9; Hosken, First Break 6 (1988), 24-37.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ormsby {
    /// The corner frequencies f1 to f4.
    #[schemars(transform = Unit::Hertz.within(0.0, 1e10))]
    pub corners: [f64; 4],
    /// Time of the peak. When absent, 2 divided by the width of the narrower flank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = Unit::Second.within(0.0, 1e7))]
    pub delay: Option<f64>,
    /// Value at the peak.
    #[serde(default = "ricker::one")]
    #[schemars(transform = ranges::amplitude())]
    pub amplitude: f64,
}

impl CheckSettings for Ormsby {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        let corners = at.key("corners");
        for i in 1..4 {
            let pair = [self.corners[i - 1], self.corners[i]];
            let rises = pair[0] < pair[1] || (i == 2 && pair[0] == pair[1]);
            if !rises {
                return Err(Fault::new(corners.index(i), NotRising { pair, unit: Unit::Hertz }));
            }
        }
        ricker::audible(at, self.amplitude)
    }
}

impl Ormsby {
    fn delay(&self) -> f64 {
        let [f1, f2, f3, f4] = self.corners;
        self.delay.unwrap_or(2.0 / (f2 - f1).min(f4 - f3))
    }
}

impl Wavelet for Ormsby {
    fn samples(&self, _folder: &Path, dt: f64, steps: usize) -> Result<Vec<f64>, DataError> {
        let [f1, f2, f3, f4] = self.corners;
        let delay = self.delay();
        let squared_sinc = |f: f64, t: f64| {
            let a = PI * f * t;
            if a.abs() < 1e-9 { f * f } else { (f * a.sin() / a).powi(2) }
        };
        let value = |t: f64| {
            let t = t - delay;
            if t.abs() >= delay {
                return 0.0;
            }
            let flank = |low: f64, high: f64| (squared_sinc(high, t) - squared_sinc(low, t)) / (high - low);
            let window = (0.5 * PI * t / delay).cos().powi(2);
            self.amplitude * window * (flank(f3, f4) - flank(f1, f2)) / (f3 + f4 - f1 - f2)
        };
        Ok(sampled(dt, steps, value))
    }

    fn extent(&self, _folder: &Path) -> Result<[f64; 2], DataError> {
        Ok([0.2 / self.corners[3], 2.0 * self.delay()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::Transform;

    /// The amplitude spectrum is the trapezium, to the few per cent by which the window rounds its corners.
    #[test]
    fn spectrum_is_a_trapezium() {
        let ormsby = Ormsby { corners: [2.0, 6.0, 20.0, 30.0], delay: Some(3.0), amplitude: 1.0 };
        let dt = 0.004;
        let samples = ormsby.samples(Path::new(""), dt, 1501).unwrap();
        let transform = Transform::new(samples.len());
        let spectrum = transform.spectrum(&samples);
        let nearest = |f: f64| {
            (0..spectrum.len() / 2)
                .min_by(|a, b| {
                    let off = |k: &usize| (transform.frequency(*k, dt) - f).abs();
                    off(a).total_cmp(&off(b))
                })
                .unwrap()
        };
        let top = spectrum[nearest(12.0)].norm();
        for (f, share) in [(1.0, 0.0), (4.0, 0.5), (9.0, 1.0), (18.0, 1.0), (25.0, 0.5), (33.0, 0.0)] {
            let k = nearest(f);
            // The sample is up to half a step of the spectrum away, on a flank of 1 in 4 Hz.
            assert!((spectrum[k].norm() / top - share).abs() < 0.03, "{f} Hz");
        }
    }
}
