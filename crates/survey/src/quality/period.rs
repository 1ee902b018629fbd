//! The dominant period of the waves, and swell below their frequencies, found in some traces before all others are looked at.

use super::spectra::Spectra;
use crate::first_breaks::{Onset, Picker};
use crate::median::median;

/// Shots, and traces of each, in which the period is found.
pub const FIRST: [usize; 2] = [8, 24];
/// Periods of a wave that is sampled too coarsely to be one, in samples.
const SHORTEST: f64 = 4.0;
/// The factor from one corner that is tried to the next.
const STEP: f64 = std::f64::consts::SQRT_2;
/// The largest share of the power of all traces below a corner that is tried.
const MOST_BELOW: f64 = 0.9999;
/// The first breaks above a corner stand out by more than this factor over those of lower corners, or noise below it is no matter.
const BETTER: f64 = 4.0;
/// The corner is the lowest one at which the first breaks stand out as at the best one, but for this factor.
const AS_GOOD: f64 = 2.0;
/// The smallest ratio of the powers of noise and signal, per sample, below the corner: what is not there before the first breaks is a wave.
const NOISE: f64 = 0.25;
/// The corner above which first breaks are picked, over the dominant frequency of the waves, which keep nine tenths of their amplitude.
const PICKED: f64 = 0.6;
/// The smallest share of the noise that is below the corner.
const MOSTLY: f64 = 0.5;
/// The smallest power of the noise below the corner over that of the signal at all frequencies, per sample.
const STRONG: f64 = 0.05;

/// Noise of long periods about as strong as the waves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwellNoise {
    /// The frequency in Hz below which it is.
    pub end: f64,
    /// The frequency in Hz above which first breaks are picked.
    pub picked_above: f64,
}

/// What is dominant in traces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dominant {
    /// The dominant period of the waves in s.
    pub period: f64,
    /// Swell; `None` where there is none that matters.
    pub swell: Option<SwellNoise>,
}

/// The dominant period of traces of so many samples, with `dt` s between them: at least four samples, at most a quarter of a trace. Then
/// swell: noise of long periods that hides the first breaks.
///
/// First breaks are picked above rising corners. The ratio of the energies after and before a first break says how clear it is. They are
/// clearest at the corner with the largest median of these ratios. There is swell if that is more than four times the median without any
/// corner; it ends at the lowest corner with half of the largest median or more, or where the spectrum of the waves is usable. Below that, noise before the first breaks has a quarter of the power after
/// them or more, so that it is no wave, and a twentieth of that at all frequencies; and half or more of the noise is there.
///
/// # Errors
/// Those of the traces.
pub fn dominant<E>(
    samples: usize,
    dt: f64,
    traces: impl IntoIterator<Item = Result<Vec<f32>, E>>,
) -> Result<Dominant, E> {
    let traces = traces.into_iter().collect::<Result<Vec<_>, E>>()?;
    let mut spectra = Spectra::new(samples, dt);
    traces.iter().for_each(|trace| spectra.add(trace, None, 0.0));
    let (shortest, longest) = (SHORTEST * dt, samples as f64 * dt / SHORTEST);
    let of = |centroid: f64| (1.0 / centroid).clamp(shortest, longest.max(shortest));
    let period = |above: f64| spectra.centroid_above(above).map_or(shortest, of);
    let none = Dominant { period: period(0.0), swell: None };
    let plain = Tried::of(&traces, dt, None, none.period);
    // The longest periods of which a record has a few.
    let first = 4.0 / (samples.max(1) as f64 * dt);
    let corners = std::iter::successors(Some(first), |corner| Some(STEP * corner));
    let all = corners.take_while(|corner| spectra.share_below(*corner) < MOST_BELOW && *corner < 0.2 / dt);
    let tried: Vec<(f64, Tried)> =
        all.map(|corner| (corner, Tried::of(&traces, dt, Some(corner), period(corner)))).collect();
    let best = tried.iter().max_by(|(_, a), (_, b)| a.ratio.total_cmp(&b.ratio));
    let Some((clearest, best)) = best.filter(|(_, best)| best.ratio > BETTER * plain.ratio) else {
        return Ok(none);
    };
    let as_good = |(_, tried): &&(f64, Tried)| tried.ratio >= best.ratio / AS_GOOD;
    let end = tried.iter().find(as_good).map_or(*clearest, |(corner, _)| *corner);
    let split = best.spectra(&traces, samples, dt);
    // The corner may be higher than it has to be.
    let end = split.usable().map_or(end, |band| band.low.min(end));
    let strong = split
        .noise_below(end)
        .is_some_and(|[below, all, noise]| below >= NOISE && all >= STRONG && noise >= MOSTLY);
    // Swell leaks to frequencies above its end, before and after the first breaks alike.
    let period = split.centroid_of_waves(end).map_or(best.period, of);
    // Where the waves are there is no end of the swell.
    let found = strong && end * period < PICKED;
    let swell = SwellNoise { end, picked_above: PICKED / period };
    Ok(if found { Dominant { period, swell: Some(swell) } } else { none })
}

/// First breaks of some traces for a period and a corner.
struct Tried {
    period: f64,
    onsets: Vec<Option<Onset>>,
    /// The median of the ratios of energies after and before first breaks; 1 stands for none.
    ratio: f64,
}

impl Tried {
    fn of(traces: &[Vec<f32>], dt: f64, corner: Option<f64>, period: f64) -> Self {
        let picker = Picker::above(dt, period, corner);
        let onsets: Vec<Option<Onset>> = traces.iter().map(|trace| picker.pick(trace)).collect();
        let ratios: Vec<f64> = onsets.iter().map(|onset| onset.map_or(1.0, |onset| onset.ratio)).collect();
        let ratio = if ratios.is_empty() { 1.0 } else { median(ratios) };
        Self { period, onsets, ratio }
    }

    /// The spectra before and after the first breaks.
    fn spectra(&self, traces: &[Vec<f32>], samples: usize, dt: f64) -> Spectra {
        let mut spectra = Spectra::new(samples, dt);
        for (trace, onset) in traces.iter().zip(&self.onsets) {
            let Some(onset) = onset else { continue };
            spectra.add(trace, Some(onset.time), self.period);
        }
        spectra
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{DT, PERIOD, SAMPLES, STEP as METRES, VELOCITY, gather};
    use super::*;

    const TRACES: usize = 24;

    /// Swell of 0.5 to 2 Hz, whose largest amplitude is about `strength`, different in every trace.
    fn swell(trace: usize, strength: f64) -> impl Fn(usize) -> f64 {
        move |i: usize| {
            let t = i as f64 * DT;
            let wave = |k: usize| {
                let frequency = 0.5 + 0.3 * k as f64;
                let phase = 2.3 * (k * k) as f64 + 1.7 * trace as f64 * (1.0 + 0.37 * k as f64);
                (std::f64::consts::TAU * frequency * t + phase).sin()
            };
            0.4 * strength * (0..6).map(wave).sum::<f64>()
        }
    }

    fn rows(noise: f64, strength: f64, seed: u64) -> Vec<Vec<f32>> {
        let mut rows = gather(TRACES, noise, seed);
        for (k, row) in rows.iter_mut().enumerate() {
            let swell = swell(k + 100 * seed as usize, strength);
            row.iter_mut().enumerate().for_each(|(i, sample)| *sample += swell(i) as f32);
        }
        rows
    }

    fn found(rows: &[Vec<f32>]) -> Dominant {
        dominant(SAMPLES, DT, rows.iter().cloned().map(Ok::<_, ()>)).unwrap()
    }

    /// The onset of a trace in s.
    fn onset(trace: usize) -> f64 {
        0.4 + trace as f64 * METRES / VELOCITY
    }

    /// With swell a third as strong as the waves or as strong, 22 of 24 picks at other noise of 0.5 % are within a third of a period of those without swell,
    /// and the period is that of the waves to a third.
    #[test]
    fn swell_does_not_move_picks() {
        for (noise, least) in [(0.005, 22)] {
            for strength in [0.3, 1.0] {
                for seed in 0..5 {
                    let said = format!("noise {noise}, swell {strength}, seed {seed}");
                    let (still, rough) = (rows(noise, 0.0, seed), rows(noise, strength, seed));
                    let (calm, with) = (found(&still), found(&rough));
                    assert_eq!(calm.swell, None, "{said}");
                    assert!(
                        with.swell.is_some_and(|swell| swell.end > 1.0 && swell.end * with.period < PICKED),
                        "{said}: {with:?}"
                    );
                    assert!((with.period / calm.period - 1.0).abs() < 1.0 / 3.0, "{said}: {with:?} {calm:?}");
                    let [a, b] = [calm, with]
                        .map(|of| Picker::above(DT, of.period, of.swell.map(|swell| swell.picked_above)));
                    let near = still.iter().zip(&rough).enumerate().filter(|(k, (still, rough))| {
                        let [a, b] = [a.pick(still), b.pick(rough)].map(|of| of.map(|of| of.time));
                        assert!((a.unwrap() - onset(*k)).abs() < PERIOD, "{said}: {k}");
                        b.is_some_and(|b| (b - a.unwrap()).abs() < PERIOD / 3.0)
                    });
                    let near = near.count();
                    assert!(near >= least, "{said}: {near} of {TRACES}, {with:?}");
                }
            }
        }
    }

    /// Without swell nothing is taken for it: waves of any noise, waves of low frequencies that come later, and noise alone.
    #[test]
    fn waves_are_no_swell() {
        for noise in [0.0, 0.01, 0.1, 0.3] {
            for seed in 0..5 {
                assert_eq!(found(&rows(noise, 0.0, seed)).swell, None, "{noise} {seed}");
            }
        }
        let mut late = gather(TRACES, 0.01, 3);
        for (k, row) in late.iter_mut().enumerate() {
            for (i, sample) in row.iter_mut().enumerate() {
                let a = (std::f64::consts::PI * 3.0 * (i as f64 * DT - onset(k) - 0.7)).powi(2);
                *sample += (2.0 * (1.0 - 2.0 * a) * (-a).exp()) as f32;
            }
        }
        assert_eq!(found(&late).swell, None);
        assert_eq!(found(&vec![vec![0.0; SAMPLES]; 4]), Dominant { period: SHORTEST * DT, swell: None });
        assert_eq!(found(&[]).swell, None);
    }
}
