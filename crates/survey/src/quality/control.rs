//! The quality control of a survey, filled shot by shot.

use fd::Point;
use rayon::prelude::*;

use super::amplitudes::{Level, Levels};
use super::defect::{DEFECTS, Defect, Flagged};
use super::duplicates::{self, Known};
use super::fold::Fold;
use super::kept::{Choice, KeptGather};
use super::levels;
use super::neighbours::Neighbours;
use super::offsets::OffsetHistogram;
use super::period::SwellNoise;
use super::polarity;
use super::spectra::Spectra;
use super::{clipped, constant, spikes};
use crate::first_breaks::{FirstBreaks, LAND, Onset, Picker, SEA};
use crate::survey::Survey;

/// Traces of which spectra are computed.
const MOST_SPECTRA: usize = 3000;

/// How shots and traces are called in the file that the data come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The number of each shot.
    pub shots: Vec<i64>,
    /// The number of each trace in the file, from 1: `[shot][receiver]`.
    pub traces: Vec<Vec<usize>>,
}

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Sources and receivers.
    pub survey: Survey,
    /// Samples of each trace.
    pub samples: usize,
    /// Time between samples in s.
    pub dt: f64,
    /// The dominant period in s.
    pub period: f64,
    /// Noise of long periods about as strong as the waves, if there is some.
    pub swell: Option<SwellNoise>,
    /// How many traces each shot has: its first receivers. The others stand for traces that are missing.
    pub present: Vec<usize>,
    /// The names of shots and traces in another file.
    pub numbering: Option<Numbering>,
}

/// What the traces show. It keeps some tens of bytes of each trace, and pictures of a few shots.
#[derive(Debug, Clone)]
pub struct QualityControl {
    /// What was looked at.
    pub subject: Subject,
    /// First breaks.
    pub first_breaks: FirstBreaks,
    /// Spectra of signal and noise.
    pub spectra: Spectra,
    /// The amplitudes of traces that are not dead.
    pub levels: Levels,
    /// Traces that are zero or not finite.
    pub silent: usize,
    /// Traces with defects, shot by shot.
    pub flagged: Vec<Flagged>,
    /// Some shots for pictures: the first, the last, some between, and some with suspicious traces.
    pub kept: Vec<KeptGather>,
    picker: Picker,
    /// Spectra are computed of one in this many traces.
    every: usize,
    seen: usize,
    known: Known,
    choice: Choice,
    largest_offset: f64,
}

/// What is measured in a trace by itself.
struct Single {
    onset: Option<Onset>,
    rms: f64,
    /// By defect.
    measured: Vec<(Defect, f64)>,
    hash: u64,
}

impl QualityControl {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        // Only in water are both sources and receivers below the surface.
        let receivers = subject.survey.receivers.all().iter().flatten();
        let below = subject.survey.sources.iter().chain(receivers).all(|point| point.z() > 0.0);
        let slowest = if below { SEA } else { LAND };
        let (samples, dt, period) = (subject.samples, subject.dt, subject.period);
        let traces: usize = subject.present.iter().sum();
        let mut control = Self {
            first_breaks: FirstBreaks::new(period, slowest),
            spectra: Spectra::new(samples, dt),
            levels: Levels::default(),
            silent: 0,
            flagged: Vec::new(),
            kept: Vec::new(),
            picker: Picker::above(dt, period, subject.swell.map(|swell| swell.picked_above)),
            every: traces.div_ceil(MOST_SPECTRA).max(1),
            seen: 0,
            known: Known::default(),
            choice: Choice::of(subject.survey.sources.len()),
            largest_offset: 0.0,
            subject,
        };
        control.largest_offset = control.offsets().fold(0.0, f64::max);
        control
    }

    /// How many traces there are.
    #[must_use]
    pub fn traces(&self) -> usize {
        self.subject.present.iter().sum()
    }

    /// The receivers of a shot that have traces.
    #[must_use]
    pub fn receivers(&self, shot: usize) -> &[Point] {
        let all = self.subject.survey.receivers.of(shot);
        &all[..self.subject.present[shot].min(all.len())]
    }

    /// The offsets of all traces in m, shot by shot.
    pub fn offsets(&self) -> impl Iterator<Item = f64> + Clone {
        let sources = self.subject.survey.sources.iter().enumerate();
        sources.flat_map(|(shot, source)| self.receivers(shot).iter().map(move |to| to.distance(source)))
    }

    /// The histogram of offsets.
    #[must_use]
    pub fn histogram(&self) -> Option<OffsetHistogram> {
        OffsetHistogram::of(self.offsets(), self.fold().map_or(0.0, |fold| 2.0 * fold.width))
    }

    /// The fold of traces that are not dead.
    #[must_use]
    pub fn fold(&self) -> Option<Fold> {
        let place = |level: &Level| {
            let [shot, receiver] = [level.shot, level.receiver].map(|index| index as usize);
            [self.subject.survey.sources[shot], self.receivers(shot)[receiver]]
        };
        let pairs: Vec<[Point; 2]> = self.levels.0.iter().map(place).collect();
        Fold::of(&pairs, self.subject.survey.dims() == 3)
    }

    /// How many traces have each defect, in the order of [`DEFECTS`].
    #[must_use]
    pub fn counts(&self) -> [usize; DEFECTS.len()] {
        let mut counts = [0; DEFECTS.len()];
        self.flagged.iter().for_each(|flag| counts[flag.defect as usize] += 1);
        counts
    }

    /// Looks at the traces of a shot, `[trace, time]`. Further traces than the shot has are not looked at.
    pub fn add(&mut self, shot: usize, gather: &[f32]) {
        let length = self.subject.samples;
        let receivers = self.receivers(shot).to_vec();
        let source = self.subject.survey.sources[shot];
        let offsets: Vec<f64> = receivers.iter().map(|receiver| receiver.distance(&source)).collect();
        let traces: Vec<&[f32]> = gather.chunks(length).take(receivers.len()).collect();
        let singles: Vec<Option<Single>> = traces.par_iter().map(|trace| self.single(trace)).collect();
        let first = self.flagged.len();
        for (receiver, (single, offset)) in singles.iter().zip(&offsets).enumerate() {
            let flag = |defect: Defect, measured: f64| Flagged {
                shot,
                receiver,
                offset: *offset,
                defect,
                measured,
                same_as: None,
            };
            if *offset <= Defect::OwnSource.threshold() * self.largest_offset {
                self.flagged
                    .push(flag(Defect::OwnSource, offset / self.largest_offset.max(f64::MIN_POSITIVE)));
            }
            let Some(single) = single else {
                self.silent += 1;
                let finite = traces[receiver].iter().all(|v| v.is_finite());
                self.flagged.push(flag(Defect::Dead, if finite { 0.0 } else { f64::NAN }));
                continue;
            };
            for (defect, measured) in &single.measured {
                self.flagged.push(flag(*defect, *measured));
            }
            if let Some(same_as) = self.known.earlier(single.hash, shot, receiver) {
                self.flagged.push(Flagged { same_as: Some(same_as), ..flag(Defect::Duplicate, 0.0) });
            }
            self.first_breaks.add(*offset, single.onset);
            if self.seen.is_multiple_of(self.every) {
                let onset = single.onset.map(|onset| onset.time);
                self.spectra.add(traces[receiver], onset, self.subject.period);
            }
            self.seen += 1;
            self.levels.0.push(Level {
                shot: shot as u32,
                receiver: receiver as u32,
                offset: *offset as f32,
                rms: single.rms as f32,
            });
        }
        let picks: Vec<Option<f64>> =
            singles.iter().map(|single| single.as_ref()?.onset.map(|onset| onset.time)).collect();
        self.beside(shot, &receivers, &offsets, &traces, &singles, &picks);
        self.flagged[first..].sort_by_key(|flag| (flag.receiver, flag.defect));
        let suspicious: Vec<usize> = self.flagged[first..]
            .iter()
            .filter(|flag| flag.defect != Defect::Dead)
            .map(|flag| flag.receiver)
            .collect();
        if self.choice.keeps(shot, !suspicious.is_empty()) {
            let (dt, shown) = (self.subject.dt, &gather[..traces.len() * length]);
            self.kept.push(KeptGather::new(shot, shown, length, dt, &offsets, &picks, &suspicious));
        }
    }

    /// What is measured in one trace; `None` for one that is zero or not finite.
    fn single(&self, trace: &[f32]) -> Option<Single> {
        if trace.iter().all(|v| *v == 0.0) || trace.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let (dt, period) = (self.subject.dt, self.subject.period);
        let found = [
            (Defect::Clipped, clipped::samples(trace) as f64),
            (Defect::Spikes, spikes::largest(trace, dt, period)),
            (Defect::Constant, constant::share(trace, dt, period)),
        ];
        let measured = found.into_iter().filter(|(defect, value)| *value > defect.threshold()).collect();
        let rms = levels::rms(trace).unwrap_or(0.0);
        Some(Single { onset: self.picker.pick(trace), rms, measured, hash: duplicates::hash(trace) })
    }

    /// Compares the traces of a shot with each other.
    fn beside(
        &mut self,
        shot: usize,
        receivers: &[Point],
        offsets: &[f64],
        traces: &[&[f32]],
        singles: &[Option<Single>],
        picks: &[Option<f64>],
    ) {
        let (dt, period) = (self.subject.dt, self.subject.period);
        // Along a section the order is that of positions; in a volume that of the file.
        let along: Vec<f64> = match self.subject.survey.dims() {
            2 if upright(receivers) => receivers.iter().map(Point::z).collect(),
            2 => receivers.iter().map(Point::x).collect(),
            _ => (0..receivers.len()).map(|k| k as f64).collect(),
        };
        // The field at a source is none of its surroundings.
        let own = Defect::OwnSource.threshold() * self.largest_offset;
        let alive = |k: usize| singles[k].is_some() && offsets[k] > own;
        let neighbours = Neighbours::new(&along, alive);
        let level: Vec<f64> = singles.iter().map(|single| single.as_ref().map_or(0.0, |s| s.rms)).collect();
        let weak = levels::weak(&neighbours, &level);
        let noisy = levels::noisy(&neighbours, traces, picks, &along, dt, period);
        let reversed = polarity::reversed(&neighbours, traces, picks, &along, dt, period);
        for (defect, found) in [(Defect::Weak, weak), (Defect::Noisy, noisy), (Defect::Reversed, reversed)] {
            self.flagged.extend(found.into_iter().map(|(receiver, measured)| Flagged {
                shot,
                receiver,
                offset: offsets[receiver],
                defect,
                measured,
                same_as: None,
            }));
        }
    }
}

/// Whether receivers are below each other, as in a well.
fn upright(receivers: &[Point]) -> bool {
    let extent = |of: fn(&Point) -> f64| {
        let [low, high] = receivers
            .iter()
            .map(of)
            .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        high - low
    };
    extent(Point::z) > extent(Point::x)
}

#[cfg(test)]
mod tests;
