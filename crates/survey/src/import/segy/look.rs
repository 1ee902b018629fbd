//! What the traces show while they are written: first breaks, and spectra of signal and noise.

use rayon::prelude::*;
use segy::File;

use super::error::SegyImportError;
use super::spread::Spread;
use super::times::Times;
use crate::first_breaks::{FirstBreaks, LAND, Onset, Picker, SEA};
use crate::quality::Spectra;

/// Shots, and traces of each, from which the dominant period is found before the others are looked at.
const FIRST: [usize; 2] = [8, 24];
/// Traces of which spectra are computed.
const MOST_SPECTRA: usize = 3000;
/// Periods of a wave that is sampled too coarsely to be one, in samples.
const SHORTEST: f64 = 4.0;

/// What the traces show.
pub(super) struct Look {
    pub first_breaks: FirstBreaks,
    pub spectra: Spectra,
    /// The dominant period in s.
    pub period: f64,
    /// Traces that are zero or not finite.
    pub silent: usize,
    picker: Picker,
    samples: usize,
    /// Spectra are computed of one in this many traces.
    every: usize,
    seen: usize,
}

impl Look {
    /// Finds the dominant period in some traces.
    pub(super) fn new(file: &File, spread: &Spread, times: &Times) -> Result<Self, SegyImportError> {
        let dt = file.interval();
        let mut spectra = Spectra::new(times.samples, dt);
        let mut row = vec![0.0; times.samples];
        for traces in spread.shots.iter().step_by(spread.shots.len().div_ceil(FIRST[0]).max(1)) {
            for trace in traces.iter().step_by(traces.len().div_ceil(FIRST[1]).max(1)).filter(|t| !t.dead) {
                let mut samples = vec![0.0; file.samples(trace.index)];
                file.trace(trace.index, &mut samples)?;
                times.put(&samples, trace.start, &mut row);
                spectra.add(&row, None, 0.0);
            }
        }
        let longest = times.samples as f64 * dt / SHORTEST;
        let period = spectra
            .centroid()
            .map_or(SHORTEST * dt, |f| (1.0 / f).clamp(SHORTEST * dt, longest.max(SHORTEST * dt)));
        // Only in water are both sources and receivers below the surface.
        let receivers = spread.survey.receivers.all().iter().flatten();
        let below = spread.survey.sources.iter().chain(receivers).all(|point| point.z() > 0.0);
        let slowest = if below { SEA } else { LAND };
        Ok(Self {
            first_breaks: FirstBreaks::new(period, slowest),
            spectra: Spectra::new(times.samples, dt),
            period,
            silent: 0,
            picker: Picker::new(dt, period),
            samples: times.samples,
            every: spread.traces().count().div_ceil(MOST_SPECTRA).max(1),
            seen: 0,
        })
    }

    /// Looks at the traces of a shot `[receiver, time]`, at these offsets in m.
    pub(super) fn add(&mut self, gather: &[f32], offsets: &[f64]) {
        let silent = |row: &[f32]| row.iter().all(|v| *v == 0.0) || row.iter().any(|v| !v.is_finite());
        let pick = |row: &[f32]| (!silent(row)).then(|| self.picker.pick(row));
        let picks: Vec<Option<Option<Onset>>> = gather.par_chunks(self.samples).map(pick).collect();
        for ((row, offset), pick) in gather.chunks(self.samples).zip(offsets).zip(picks) {
            let Some(onset) = pick else {
                self.silent += 1;
                continue;
            };
            self.first_breaks.add(*offset, onset);
            if self.seen.is_multiple_of(self.every) {
                self.spectra.add(row, onset.map(|onset| onset.time), self.period);
            }
            self.seen += 1;
        }
    }
}
