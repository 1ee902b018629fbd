//! RMS amplitudes of traces by offset, by shot and by receiver.

use crate::median::median;

/// Intervals of offset that amplitudes are averaged in.
const INTERVALS: usize = 50;
/// Fewest intervals that a trend is fitted to.
const FEWEST: usize = 4;

/// The RMS amplitude of a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Its shot, from 0.
    pub shot: u32,
    /// Its receiver, from 0.
    pub receiver: u32,
    /// Its offset in m.
    pub offset: f32,
    /// The RMS of its samples, in the unit of the data.
    pub rms: f32,
}

/// The amplitudes of all traces that are not dead.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels(pub Vec<Level>);

/// A power law, `amplitude = factor * offset^exponent`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The amplitude at an offset of 1 m.
    pub factor: f64,
    /// The exponent: -0.5 for waves that spread in a plane, -1 for waves that spread in space.
    pub exponent: f64,
}

impl Trend {
    /// The amplitude at an offset in m.
    #[must_use]
    pub fn at(&self, offset: f64) -> f64 {
        self.factor * offset.powf(self.exponent)
    }
}

impl Levels {
    /// The median amplitude in each interval of offset that has traces, `[offset in m, amplitude]`.
    #[must_use]
    pub fn by_offset(&self) -> Vec<[f64; 2]> {
        let ends = |[low, high]: [f64; 2], level: &Level| {
            [low.min(f64::from(level.offset)), high.max(f64::from(level.offset))]
        };
        let [low, high] = self.0.iter().fold([f64::INFINITY, f64::NEG_INFINITY], ends);
        let width = (high - low) / INTERVALS as f64;
        let mut sets = vec![(Vec::new(), Vec::new()); INTERVALS];
        for level in &self.0 {
            let offset = f64::from(level.offset);
            let place = if width > 0.0 { ((offset - low) / width) as usize } else { 0 };
            let (offsets, values) = &mut sets[place.min(INTERVALS - 1)];
            offsets.push(offset);
            values.push(f64::from(level.rms));
        }
        let filled = sets.into_iter().filter(|(offsets, _)| !offsets.is_empty());
        filled.map(|(offsets, values)| [median(offsets), median(values)]).collect()
    }

    /// The power law through the medians by offset, with the least squares of logarithms; `None` for offsets in fewer than four
    /// intervals.
    #[must_use]
    pub fn trend(&self) -> Option<Trend> {
        let logs: Vec<[f64; 2]> = self
            .by_offset()
            .into_iter()
            .filter(|[offset, value]| *offset > 0.0 && *value > 0.0)
            .map(|pair| pair.map(f64::ln))
            .collect();
        let count = logs.len() as f64;
        let mean = |axis: usize| logs.iter().map(|pair| pair[axis]).sum::<f64>() / count;
        let (x, y) = (mean(0), mean(1));
        let xx: f64 = logs.iter().map(|pair| (pair[0] - x).powi(2)).sum();
        let xy: f64 = logs.iter().map(|pair| (pair[0] - x) * (pair[1] - y)).sum();
        let exponent = xy / xx;
        (logs.len() >= FEWEST && exponent.is_finite())
            .then(|| Trend { factor: (y - exponent * x).exp(), exponent })
    }

    /// The median of the amplitudes of each shot over the trend, `[shot, ratio]`.
    #[must_use]
    pub fn by_shot(&self) -> Vec<[f64; 2]> {
        self.over_trend(|level| level.shot)
    }

    /// The median of the amplitudes of each receiver over the trend, `[receiver, ratio]`.
    #[must_use]
    pub fn by_receiver(&self) -> Vec<[f64; 2]> {
        self.over_trend(|level| level.receiver)
    }

    fn over_trend(&self, key: impl Fn(&Level) -> u32) -> Vec<[f64; 2]> {
        let Some(trend) = self.trend() else { return Vec::new() };
        let mut sets: std::collections::BTreeMap<u32, Vec<f64>> = std::collections::BTreeMap::new();
        for level in self.0.iter().filter(|level| level.offset > 0.0) {
            let ratio = f64::from(level.rms) / trend.at(f64::from(level.offset));
            sets.entry(key(level)).or_default().push(ratio);
        }
        sets.into_iter().map(|(key, ratios)| [f64::from(key), median(ratios)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exponent of amplitudes that follow a power law is found again, and a shot of half the strength has half the ratio.
    #[test]
    fn a_power_law_is_found() {
        for exponent in [-0.5, -1.0, -2.0] {
            let level = |(shot, receiver): (u32, u32)| {
                let offset = 100.0 + 25.0 * receiver as f32;
                let strength = if shot == 3 { 0.5 } else { 1.0 };
                Level { shot, receiver, offset, rms: strength * 7.0 * offset.powf(exponent as f32) }
            };
            let all = (0..9).flat_map(|shot| (0..120).map(move |receiver| (shot, receiver)));
            let levels = Levels(all.map(level).collect());
            let trend = levels.trend().unwrap();
            // An interval has two or three receivers, and the weak shot moves its median by one of them: 25 m of 1500 m.
            assert!((trend.exponent / exponent - 1.0).abs() < 0.02, "{trend:?}");
            assert!((trend.at(1500.0) / (7.0 * 1500_f64.powf(exponent)) - 1.0).abs() < 0.02, "{trend:?}");
            let shots = levels.by_shot();
            assert!((shots[3][1] - 0.5).abs() < 2e-2 && (shots[4][1] - 1.0).abs() < 2e-2, "{shots:?}");
            assert_eq!(levels.by_receiver().len(), 120);
        }
        assert_eq!((Levels::default().trend(), Levels::default().by_shot()), (None, Vec::new()));
    }
}
