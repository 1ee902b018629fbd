//! The times of the samples: all traces are brought to samples from t = 0 on.

use num_complex::Complex64;
use segy::{File, ShotTrace};

use super::error::SegyImportError;
use super::spread::Spread;
use crate::traces::Transform;

/// The largest difference of a sample from a time that counts as that time, in samples.
const SAME: f64 = 1e-3;

/// The most zeros before the first sample for each sample of a trace.
const MOST_ZEROS: usize = 20;
/// So many zeros are always allowed.
const FEW_ZEROS: usize = 10_000;

/// Some traces, and the longest time of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Affected {
    pub traces: usize,
    /// In s.
    pub most: f64,
}

impl Affected {
    fn add(&mut self, time: f64) {
        self.traces += 1;
        self.most = self.most.max(time);
    }
}

/// The times that all traces have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Times {
    dt: f64,
    /// Samples from t = 0 to the end of the shortest trace.
    pub samples: usize,
    /// Traces with samples before t = 0, which are cut off.
    pub before: Affected,
    /// Traces that begin later, with zeros in front.
    pub after: Affected,
    /// Traces that end later than the shortest one, which are cut off there.
    pub cut: Affected,
    /// How many traces begin between two samples, and are interpolated.
    pub between: usize,
}

impl Times {
    /// The times of the traces that are not dead.
    pub(super) fn of(file: &File, spread: &Spread) -> Result<Self, SegyImportError> {
        let dt = file.interval();
        // The place of the last sample, and whole numbers where rounding is all that keeps it from being one.
        let last = |trace: &ShotTrace| trace.start / dt + file.samples(trace.index) as f64 - 1.0;
        let live = || spread.traces().filter(|trace| !trace.dead);
        let path = || file.path().to_owned();
        let shortest = live().min_by(|a, b| last(a).total_cmp(&last(b)));
        let shortest = shortest
            .ok_or_else(|| SegyImportError::AllDead { path: path(), traces: spread.traces().count() })?;
        let end = (last(shortest) + SAME).floor();
        if end < 2.0 {
            return Err(SegyImportError::TooEarly {
                path: path(),
                trace: shortest.index + 1,
                start: shortest.start,
                end: last(shortest) * dt,
                samples: file.samples(shortest.index),
                least: 2.0 * dt,
            });
        }
        let samples = file.samples(shortest.index);
        if end > (MOST_ZEROS * samples + FEW_ZEROS) as f64 {
            let (trace, start) = (shortest.index + 1, shortest.start);
            return Err(SegyImportError::TooLate { path: path(), trace, start, samples, most: MOST_ZEROS });
        }
        let mut times = Self {
            dt,
            samples: end as usize + 1,
            before: Affected::default(),
            after: Affected::default(),
            cut: Affected::default(),
            between: 0,
        };
        for trace in live() {
            let start = trace.start / dt;
            if start < -SAME {
                times.before.add(-trace.start);
            } else if start > SAME {
                times.after.add(trace.start);
            }
            if last(trace) >= end + 1.0 - SAME {
                times.cut.add((last(trace) - end) * dt);
            }
            times.between += usize::from((start - start.round()).abs() > SAME);
        }
        Ok(times)
    }

    /// Puts the samples of a trace that begins `start` s after the shot at their times.
    pub(super) fn put(&self, trace: &[f32], start: f64, out: &mut [f32]) {
        let place = start / self.dt;
        let (first, part) = (place.round(), place - place.round());
        let delayed = (part.abs() > SAME).then(|| self.delayed(trace, part));
        let trace = delayed.as_deref().unwrap_or(trace);
        // Places beyond the trace are beyond `out` or `trace`, whichever they are compared with.
        let (skipped, zeros) = ((-first).max(0.0) as usize, first.max(0.0) as usize);
        let zeros = zeros.min(out.len());
        out[..zeros].fill(0.0);
        let rest = trace.get(skipped..).unwrap_or(&[]);
        let count = rest.len().min(out.len() - zeros);
        out[zeros..zeros + count].copy_from_slice(&rest[..count]);
        out[zeros + count..].fill(0.0);
    }

    /// A trace delayed by a part of a sample.
    fn delayed(&self, trace: &[f32], part: f64) -> Vec<f32> {
        let samples: Vec<f64> = trace.iter().map(|sample| f64::from(*sample)).collect();
        let transform = Transform::new(samples.len());
        let mut spectrum = transform.spectrum(&samples);
        for (k, value) in spectrum.iter_mut().enumerate() {
            let phase = -std::f64::consts::TAU * transform.frequency(k, 1.0) * part;
            *value *= Complex64::from_polar(1.0, phase);
        }
        transform.trace(spectrum).into_iter().map(|sample| sample as f32).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(samples: usize) -> Times {
        let none = Affected::default();
        Times { dt: 0.002, samples, before: none, after: none, cut: none, between: 0 }
    }

    #[test]
    fn whole_samples() {
        let trace = [1.0, 2.0, 3.0, 4.0];
        let put = |start: f64| {
            let mut out = [9.0; 4];
            times(4).put(&trace, start, &mut out);
            out
        };
        assert_eq!(put(0.0), trace);
        assert_eq!(put(-0.004), [3.0, 4.0, 0.0, 0.0]);
        assert_eq!(put(0.002), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(put(1.0), [0.0; 4]);
        assert_eq!(put(-1.0), [0.0; 4]);
    }

    #[test]
    fn parts_of_samples() {
        let wave = |t: f64| (-(t - 100.0).powi(2) / 200.0).exp() * (0.3 * t).sin();
        let trace: Vec<f32> = (0..200).map(|i| wave(f64::from(i)) as f32).collect();
        let mut out = vec![0.0; 200];
        times(200).put(&trace, 3.25 * 0.002, &mut out);
        for (i, value) in out.iter().enumerate() {
            assert!((f64::from(*value) - wave(i as f64 - 3.25)).abs() < 1e-5, "{i}");
        }
    }
}
