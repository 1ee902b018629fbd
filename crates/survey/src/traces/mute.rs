//! Mutes: the part of a gather that is used.

use document::problems::EmptyRange;
use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Weights of a gather by offset, and by time above and below lines of linear moveout.
///
/// Synthetic and observed traces are both multiplied by them, and the adjoint source once more.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mute {
    /// Least and greatest distance between source and receiver in m; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<[f64; 2]>,
    /// Length in m over which the weight falls to zero inside either end of `offset`.
    pub offset_taper: f64,
    /// What comes before this line is muted, such as the direct wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<Moveout>,
    /// What comes after this line is muted, such as surface waves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom: Option<Moveout>,
}

/// A line in a gather: `t = time + offset / velocity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moveout {
    /// Time at offset 0 in s.
    pub time: f64,
    /// Apparent velocity in m/s; the line is at one time for all offsets when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub velocity: Option<f64>,
    /// Time in s over which the weight goes from 0 at the line to 1.
    #[serde(default)]
    pub taper: f64,
}

impl CheckSettings for Moveout {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("time"), self.time, [-1e6, 1e6], Unit::Second)?;
        if let Some(velocity) = self.velocity {
            positive(&at.key("velocity"), velocity, Unit::MetrePerSecond)?;
        }
        within(&at.key("taper"), self.taper, [0.0, f64::INFINITY], Unit::Second)
    }
}

impl CheckSettings for Mute {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if let Some(range) = self.offset {
            let key = at.key("offset");
            within(&key.index(0), range[0], [0.0, f64::INFINITY], Unit::Metre)?;
            if !range[1].is_finite() || range[0] >= range[1] {
                return Err(Fault::new(key, EmptyRange { range, unit: Unit::Metre }));
            }
        }
        within(&at.key("offset_taper"), self.offset_taper, [0.0, f64::INFINITY], Unit::Metre)?;
        for (key, line) in [("top", &self.top), ("bottom", &self.bottom)] {
            if let Some(line) = line {
                line.check(&at.key(key))?;
            }
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
