//! Weak and noisy traces: levels that differ from those on either side.

use rayon::prelude::*;

use super::defect::Defect;
use super::line::Line;
use super::neighbours::{Neighbours, median_of};
use super::sums;

/// Traces on either side that a level is compared with.
const BESIDE: usize = 5;
/// Traces on either side whose picks say when a wave may arrive.
const PICKS: usize = 7;
/// Fewest of these that have a pick.
const FEWEST_PICKS: usize = 4;
/// The shortest window of noise in periods: the level of a shorter one is chance.
const WINDOW: f64 = 3.0;
/// The smallest noise over the signal of a noisy trace.
const LEAST_NOISE: f64 = 0.5;

/// The RMS of a window; `None` for an empty one.
pub(super) fn rms(window: &[f32]) -> Option<f64> {
    rms_about(0.0, window)
}

/// The RMS of a window about a value.
fn rms_about(value: f64, window: &[f32]) -> Option<f64> {
    let sum = sums::sum(window, |v| (v - value).powi(2));
    (!window.is_empty()).then(|| (sum / window.len() as f64).sqrt())
}

/// The traces that are weak: over the threshold less than the traces on both sides. Traces at the end of a spread, with fewer than
/// two on one side, are not judged: the record may end before the wave arrives.
pub(super) fn weak(neighbours: &Neighbours, level: &[f64]) -> Vec<(usize, f64)> {
    let of = |k: usize| Some(level[k]);
    let measured = neighbours.each(BESIDE).filter_map(|(trace, before, after)| {
        let around = median_of(before, of)?.min(median_of(after, of)?);
        (around > 0.0).then(|| (trace, level[trace] / around))
    });
    measured.filter(|(_, ratio)| *ratio < Defect::Weak.threshold()).collect()
}

/// The traces that are noisy. `picks` are first breaks in s; where few neighbours have one, or the first wave arrives within four
/// periods of the beginning, no trace is judged.
pub(super) fn noisy(
    neighbours: &Neighbours,
    traces: &[&[f32]],
    picks: &[Option<f64>],
    along: &[f64],
    dt: f64,
    period: f64,
) -> Vec<(usize, f64)> {
    let levels = |k: usize, split: usize| -> Option<[f64; 2]> {
        let (trace, split) = (traces[k], split.min(traces[k].len()));
        // A constant is a defect of its own.
        let mean = sums::sum(trace, |v| v) / trace.len() as f64;
        Some([rms_about(mean, &trace[..split])?, rms_about(mean, &trace[split..])?])
    };
    let judged = neighbours.each_at_once(PICKS).map(|(trace, before, after)| {
        let near = before.iter().chain(after).filter_map(|k| Some([along[*k], picks[*k]?]));
        let near: Vec<[f64; 2]> = near.collect();
        let line = Line::through(&near).filter(|_| near.len() >= FEWEST_PICKS);
        // A period earlier nothing has arrived, even if the line is a curve.
        let quiet = line.map(|line| line.at(along[trace]) - period);
        let split = quiet.filter(|time| *time >= WINDOW * period).map(|time| (time / dt) as usize);
        (trace, split.and_then(|split| levels(trace, split)))
    });
    let mut found = vec![None; traces.len()];
    for (trace, levels) in judged.collect::<Vec<_>>() {
        found[trace] = levels;
    }
    let noise = |k: usize| found[k].map(|[before, _]| before);
    let judged = neighbours.each(BESIDE).filter_map(|(trace, before, after)| {
        let [own, signal] = found[trace]?;
        let sides = [median_of(before, noise), median_of(after, noise)];
        // Noise below a thousandth of the signal is that of rounding.
        let around = sides.into_iter().flatten().reduce(f64::max)?.max(1e-3 * signal);
        (own >= LEAST_NOISE * signal && around > 0.0).then(|| (trace, own / around))
    });
    judged.filter(|(_, ratio)| *ratio > Defect::Noisy.threshold()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::made::{DT, PERIOD, gather, noisy as with_noise, offsets};
    use super::*;
    use crate::first_breaks::Picker;

    const TRACES: usize = 24;

    fn found(rows: &[Vec<f32>]) -> [Vec<usize>; 2] {
        let traces: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let picker = Picker::new(DT, PERIOD);
        let picks: Vec<Option<f64>> = traces.iter().map(|t| picker.pick(t).map(|o| o.time)).collect();
        let level: Vec<f64> = traces.iter().map(|t| rms(t).unwrap()).collect();
        let neighbours = Neighbours::new(&offsets(rows.len()), |_| true);
        let names = |found: Vec<(usize, f64)>| found.into_iter().map(|(k, _)| k).collect();
        [
            names(weak(&neighbours, &level)),
            names(noisy(&neighbours, &traces, &picks, &offsets(rows.len()), DT, PERIOD)),
        ]
    }

    #[test]
    fn weak_and_noisy_traces_are_found() {
        for noise in [0.0, 0.05, 0.2] {
            for seed in 0..10 {
                let whole = gather(TRACES, noise, seed);
                assert_eq!(found(&whole), [Vec::<usize>::new(), Vec::new()], "{noise} {seed}");
                let mut rows = whole.clone();
                rows[9].iter_mut().for_each(|v| *v *= 1e-3);
                rows[16] = with_noise(&rows[16], 1.0, 77 + seed);
                let found = found(&rows);
                // At 20 % noise few traces have a clear first break, and whether others are noisy cannot be told.
                let expected = if noise > 0.1 && found[1].is_empty() { vec![] } else { vec![16] };
                assert_eq!(found, [vec![9], expected], "{noise} {seed}");
            }
        }
    }

    /// A wave that decays by a power of the offset is neither.
    #[test]
    fn decay_is_no_defect() {
        let mut rows = gather(TRACES, 0.0, 1);
        for (k, row) in rows.iter_mut().enumerate() {
            row.iter_mut().for_each(|v| *v *= 1.0 / (1.0 + k as f32).powi(2));
        }
        assert_eq!(found(&rows), [Vec::<usize>::new(), Vec::new()]);
    }
}
