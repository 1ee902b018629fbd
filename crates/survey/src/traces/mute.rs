//! Mutes: the part of a gather that is used.

use document::{CheckSettings, Fault, KeyPath, Unit, rising};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ranges;

/// Weights of a gather by offset, and by time above and below lines of linear moveout.
///
/// Synthetic and observed traces are both multiplied by the weights, and the adjoint source once more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mute {
    /// Smallest and largest distance between source and receiver. When absent, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::distance())]
    pub offset: Option<[f64; 2]>,
    /// Length over which the weight falls to zero inside either end of `offset`.
    #[schemars(transform = ranges::distance())]
    pub offset_taper: f64,
    /// Mutes what arrives before this line, for example the direct wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<Moveout>,
    /// Mutes what arrives after this line, for example surface waves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom: Option<Moveout>,
}

/// A line in a gather: `t = time + offset / velocity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moveout {
    /// Time at offset 0.
    #[schemars(transform = Unit::Second.within(-1e6, 1e6))]
    pub time: f64,
    /// Apparent velocity. When absent, the line is at the same time for all offsets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::velocity())]
    pub velocity: Option<f64>,
    /// Time over which the weight rises from 0 at the line to 1.
    #[serde(default)]
    #[schemars(transform = Unit::Second.within(0.0, 1e6))]
    pub taper: f64,
}

impl CheckSettings for Mute {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if let Some(range) = self.offset {
            rising(&at.key("offset"), range, Unit::Metre)?;
        }
        Ok(())
    }
}

/// A squared sine from 0 at `distance` 0 to 1 at `taper`.
fn rise(distance: f64, taper: f64) -> f64 {
    if distance >= taper && distance > 0.0 {
        1.0
    } else if distance <= 0.0 {
        0.0
    } else {
        (0.5 * std::f64::consts::PI * distance / taper).sin().powi(2)
    }
}

impl Mute {
    /// Weights `[receiver, time]` from 0 to 1.
    ///
    /// # Units
    /// `offsets` are the distances of the receivers from the source in m, `dt` in s.
    #[must_use]
    pub fn weights(&self, offsets: &[f64], samples: usize, dt: f64) -> Vec<f64> {
        let mut weights = Vec::with_capacity(offsets.len() * samples);
        for &offset in offsets {
            // Without a taper the ends of the range belong to it.
            let by_offset = self.offset.map_or(1.0, |[near, far]| {
                let inside = |d: f64| {
                    if d == 0.0 && self.offset_taper == 0.0 { 1.0 } else { rise(d, self.offset_taper) }
                };
                // A range that starts at 0 has no near end.
                let near = if near > 0.0 { inside(offset - near) } else { 1.0 };
                near * inside(far - offset)
            });
            let line = |line: &Moveout| line.time + line.velocity.map_or(0.0, |v| offset / v);
            let (top, bottom) = (self.top.as_ref().map(line), self.bottom.as_ref().map(line));
            for n in 0..samples {
                let t = n as f64 * dt;
                let after = self.top.as_ref().zip(top).map_or(1.0, |(l, top)| rise(t - top, l.taper));
                let before = self.bottom.as_ref().zip(bottom).map_or(1.0, |(l, end)| rise(end - t, l.taper));
                weights.push(by_offset * after * before);
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values on either side of each edge and in the middle of each taper.
    #[test]
    fn edges_and_tapers() {
        let mute = Mute {
            offset: Some([100.0, 500.0]),
            offset_taper: 100.0,
            top: Some(Moveout { time: 0.1, velocity: Some(1000.0), taper: 0.2 }),
            bottom: Some(Moveout { time: 2.0, velocity: None, taper: 0.4 }),
        };
        let offsets = [50.0, 150.0, 300.0, 450.0, 501.0];
        let (samples, dt) = (300, 0.01);
        let weights = mute.weights(&offsets, samples, dt);
        let at = |receiver: usize, t: f64| weights[receiver * samples + (t / dt).round() as usize];
        for (receiver, t, expected) in [
            (0, 1.0, 0.0),
            (1, 1.0, 0.5),
            (2, 1.0, 1.0),
            (3, 1.0, 0.5),
            (4, 1.0, 0.0),
            (2, 0.4, 0.0),
            (2, 0.5, 0.5),
            (2, 0.61, 1.0),
            (2, 1.59, 1.0),
            (2, 1.8, 0.5),
            (2, 2.0, 0.0),
        ] {
            let found = at(receiver, t);
            assert!((found - expected).abs() < 1e-9, "{receiver} {t}: {found}, expected {expected}");
        }
        assert!(Mute::default().weights(&offsets, 7, dt).iter().all(|w| *w == 1.0));
        let all = Mute { offset: Some([0.0, 500.0]), ..Mute::default() };
        assert_eq!(all.weights(&[0.0, 500.0, 501.0], 1, dt), [1.0, 1.0, 0.0]);
    }
}
