//! Zero-phase band filter of traces, for the stages of an inversion.

use document::numbers::short;
use document::problems::NotRising;
use document::{CheckSettings, Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Transform;
use crate::ranges;

/// A Butterworth filter run forwards and backwards, so that it changes no phase. The gain at an edge is a half.
///
/// The gain is `1 / (1 + (f/high)^(2 order))` times `1 / (1 + (low/f)^(2 order))`. It is applied to the spectrum of
/// the trace padded with zeros and is its own transpose, so that the adjoint source is filtered by the same call.
///
/// # Source
/// Butterworth, Experimental Wireless 7 (1930), 536-541; bands from low to high: Bunks et al., Geophysics 60
/// (1995), 1457-1473.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BandFilter {
    /// Lower edge. None when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub low: Option<f64>,
    /// Upper edge. None when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::frequency())]
    pub high: Option<f64>,
    /// Order of the one-way filter. Each order makes the edges fall by 6 dB an octave, and by 12 dB after both
    /// passes.
    #[serde(default = "order")]
    #[schemars(transform = Unit::None.within(1.0, 16.0))]
    pub order: usize,
}

fn order() -> usize {
    4
}

impl CheckSettings for BandFilter {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low >= high => {
                Err(Fault::new(at.key("high"), NotRising { pair: [low, high], unit: Unit::Hertz }))
            }
            _ => Ok(()),
        }
    }
}

impl BandFilter {
    /// Its edges in words: `from 2 to 5 Hz`, `up to 5 Hz` or `from 2 Hz`; `None` without edges.
    #[must_use]
    pub fn in_words(&self) -> Option<String> {
        match (self.low, self.high) {
            (Some(low), Some(high)) => Some(format!("from {} to {} Hz", short(low), short(high))),
            (None, Some(high)) => Some(format!("up to {} Hz", short(high))),
            (Some(low), None) => Some(format!("from {} Hz", short(low))),
            (None, None) => None,
        }
    }

    /// Gain at a frequency in Hz.
    #[must_use]
    pub fn gain(&self, frequency: f64) -> f64 {
        let power = 2 * self.order as i32;
        let below = self.high.map_or(1.0, |high| 1.0 / (1.0 + (frequency / high).powi(power)));
        // At 0 Hz the ratio is infinite and the gain 0.
        let above = self.low.map_or(1.0, |low| 1.0 / (1.0 + (low / frequency).powi(power)));
        below * above
    }

    /// Frequency above which the gain is below [`SIGNIFICANT`](super::band::SIGNIFICANT), Hz; infinite without an upper
    /// edge.
    #[must_use]
    pub fn highest(&self) -> f64 {
        let share = super::band::SIGNIFICANT;
        let ratio = (1.0 / share - 1.0).powf(0.5 / self.order as f64);
        self.high.map_or(f64::INFINITY, |high| high * ratio)
    }

    /// The filter applied to each trace of a gather.
    ///
    /// # Shapes
    /// `[receiver, time]` with `samples` times; a single trace is a gather of one.
    #[must_use]
    pub fn apply(&self, gather: &[f64], samples: usize, dt: f64) -> Vec<f64> {
        let transform = Transform::new(samples);
        let gains = transform.gains(dt, |f| self.gain(f));
        gather.chunks(samples.max(1)).flat_map(|trace| transform.filtered(trace, &gains)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> BandFilter {
        BandFilter { low: Some(3.0), high: Some(12.0), order: 4 }
    }

    /// `<F a, b> = <a, F b>` to rounding.
    #[test]
    fn is_its_own_transpose() {
        let n = 301;
        let a: Vec<f64> = (0..2 * n).map(|i| (0.31 * (i * i) as f64).sin()).collect();
        let b: Vec<f64> = (0..2 * n).map(|i| (0.17 * (i * i) as f64).cos()).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (fa, fb) = (filter().apply(&a, n, 0.004), filter().apply(&b, n, 0.004));
        assert!((dot(&fa, &b) - dot(&a, &fb)).abs() < 1e-12 * dot(&fa, &fa));
    }

    /// A long wave packet keeps its phase and is multiplied by the gain at its frequency.
    #[test]
    fn gain_and_phase() {
        let (n, dt) = (4000, 0.002);
        for f in [1.0, 3.0, 6.0, 12.0, 25.0] {
            let packet: Vec<f64> = (0..n)
                .map(|i| {
                    let t = (i as f64 - 2000.0) * dt;
                    (-(t / 1.2).powi(2)).exp() * (std::f64::consts::TAU * f * t).sin()
                })
                .collect();
            let found = filter().apply(&packet, n, dt);
            // The gain changes by at most 0.67 within 1 Hz, and the envelope of the packet by 0.72 within 1 s. The
            // quadrature part is their product divided by 2 pi, less than 0.08.
            let gain = filter().gain(f);
            assert!(packet.iter().zip(&found).all(|(p, q)| (gain * p - q).abs() < 0.08), "{f}");
        }
        assert_eq!((filter().gain(3.0), filter().gain(0.0)), (0.5 / (1.0 + 0.25_f64.powi(8)), 0.0));
        assert!((BandFilter { low: None, ..filter() }.gain(filter().highest()) - 0.01).abs() < 1e-12);
    }
}
