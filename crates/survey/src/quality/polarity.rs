//! Reversed traces: the opposite sign of their neighbours, aligned along first breaks.

use rayon::prelude::*;

use super::defect::Defect;
use super::line::Line;
use super::neighbours::Neighbours;
use super::sums;
use crate::median::median;

/// Traces on either side that a trace is compared with.
const BESIDE: usize = 3;
/// Periods before and after a first break that are compared.
const WINDOW: [f64; 2] = [0.25, 1.5];
/// The largest shift of a trace against another, in periods: less than a quarter, beyond which the sign is ambiguous.
const SHIFT: f64 = 1.0 / 6.0;
/// The largest shift over which a reversed trace agrees with its neighbours best with the opposite sign, in periods. A trace that is only
/// out of line agrees best with the same sign there.
const WIDE: f64 = 1.0;
/// The largest median difference of picks from a line, in periods: picks of other cycles say nothing of signs.
const OFF: f64 = 0.125;
/// The correlation that neighbours have with each other.
const ALIKE: f64 = 0.5;

/// The traces whose median correlation with their neighbours is below the threshold, while these correlate with each other. Traces are
/// aligned along a line through the first breaks of the neighbours; where these are few or not on a line, no trace is judged.
pub(super) fn reversed(
    neighbours: &Neighbours,
    traces: &[&[f32]],
    picks: &[Option<f64>],
    along: &[f64],
    dt: f64,
    period: f64,
) -> Vec<(usize, f64)> {
    let samples = |periods: f64| (periods * period / dt).round() as usize;
    let compare = Comparison { window: WINDOW.map(samples), shift: samples(SHIFT).max(1) };
    let wide = Comparison { window: WINDOW.map(samples), shift: samples(WIDE).max(1) };
    let judge = |(trace, before, after): (usize, &[usize], &[usize])| {
        let near: Vec<usize> = before.iter().chain(after).copied().collect();
        let picked: Vec<[f64; 2]> = near.iter().filter_map(|k| Some([along[*k], picks[*k]?])).collect();
        let line = Line::through(&picked).filter(|_| picked.len() >= BESIDE)?;
        if median(picked.iter().map(|[x, t]| (t - line.at(*x)).abs()).collect()) > OFF * period {
            return None;
        }
        let sample =
            |k: usize| Some((line.at(along[k]) / dt).round()).filter(|v| *v >= 0.0).map(|v| v as usize);
        let within = |compare: &Comparison, a: usize, b: usize| {
            compare.correlation([traces[a], traces[b]], [sample(a)?, sample(b)?])
        };
        let between = |a: usize, b: usize| within(&compare, a, b);
        let with: Vec<f64> = near.iter().filter_map(|k| between(trace, *k)).collect();
        // Nearly all traces agree with their neighbours, and need no more.
        if with.len() < BESIDE || median(with.clone()) >= Defect::Reversed.threshold() {
            return None;
        }
        let at_any: Vec<f64> = near.iter().filter_map(|k| within(&wide, trace, *k)).collect();
        if at_any.is_empty() || median(at_any) >= 0.0 {
            return None;
        }
        let pairs = (0..near.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let others: Vec<f64> = pairs.filter_map(|(i, j)| between(near[i], near[j])).collect();
        (!others.is_empty() && median(others) > ALIKE).then(|| (trace, median(with)))
    };
    neighbours.each_at_once(BESIDE).filter_map(judge).collect()
}

/// How two traces are compared, in samples.
struct Comparison {
    window: [usize; 2],
    shift: usize,
}

impl Comparison {
    /// The correlation of largest magnitude within the shifts; `None` where a window is beyond a trace or silent.
    fn correlation(&self, traces: [&[f32]; 2], picks: [usize; 2]) -> Option<f64> {
        let [before, after] = self.window;
        let fixed = traces[0].get(picks[0].checked_sub(before)?..picks[0] + after)?;
        let mut best: Option<f64> = None;
        let energy = sums::energy(fixed);
        for shift in 0..=2 * self.shift {
            let start = (picks[1] + shift).checked_sub(before + self.shift)?;
            let moved = traces[1].get(start..start + before + after)?;
            let value = sums::dot(fixed, moved) / (energy * sums::energy(moved)).sqrt();
            if value.is_finite() && best.is_none_or(|best| value.abs() > best.abs()) {
                best = Some(value);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{DT, PERIOD, gather, offsets};
    use super::*;
    use crate::first_breaks::Picker;

    fn found(rows: &[Vec<f32>]) -> Vec<usize> {
        let traces: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let picker = Picker::new(DT, PERIOD);
        let picks: Vec<Option<f64>> = traces.iter().map(|t| picker.pick(t).map(|o| o.time)).collect();
        let along = offsets(rows.len());
        let neighbours = Neighbours::new(&along, |_| true);
        reversed(&neighbours, &traces, &picks, &along, DT, PERIOD).into_iter().map(|(k, _)| k).collect()
    }

    #[test]
    fn reversed_traces_are_found() {
        for noise in [0.0, 0.05, 0.2] {
            for seed in 0..10 {
                let whole = gather(24, noise, seed);
                assert_eq!(found(&whole), [0; 0], "{noise} {seed}");
                let mut rows = whole.clone();
                // One inside, two side by side, and the last.
                for k in [5, 12, 13, 23] {
                    rows[k].iter_mut().for_each(|v| *v = -*v);
                }
                let found = found(&rows);
                // At 20 % noise few traces have a clear first break, and the others are not judged.
                let enough = if noise < 0.1 { 4 } else { 0 };
                assert!(found.len() >= enough, "{noise} {seed}: {found:?}");
                assert!(found.iter().all(|k| [5, 12, 13, 23].contains(k)), "{noise} {seed}: {found:?}");
            }
        }
    }

    /// The sign of a whole side of the spread may change, as that of horizontal components does.
    #[test]
    fn half_a_spread_is_not_reversed() {
        let mut rows = gather(24, 0.05, 4);
        rows[..12].iter_mut().flatten().for_each(|v| *v = -*v);
        assert_eq!(found(&rows), [0; 0]);
    }
}
