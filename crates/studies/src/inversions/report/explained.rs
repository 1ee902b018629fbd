//! How much of the data models explain, by the distance from source to receiver.

use maud::Markup;

use crate::inversions::outcome::Comparison;
use figures::page::pictures::charts;
use figures::{Axis, Chart, Curve, Ink};
use survey::gathers::ShotGather;

const PLOT: [f64; 2] = [390.0, 190.0];
/// Number of ranges of offsets.
const RANGES: usize = 12;

/// The share of the energy of the shown shots that the start and each inversion explain: `1 - |d - d_obs|^2 / |d_obs|^2` of the traces in
/// each range of offsets, of one recorded field.
pub(super) fn explained(run: &Comparison, field: usize) -> Chart {
    let mut curves = Vec::new();
    let curve = |name: &str, ink: Ink, gathers: &[ShotGather]| {
        let points = shares(&run.observed, gathers, field);
        (!points.is_empty()).then(|| Curve::new(name, ink, points))
    };
    curves.extend(curve("start", Ink::Start, &run.starting).map(Curve::dashed));
    for (i, outcome) in run.outcomes.iter().enumerate() {
        curves.extend(curve(&outcome.name, Ink::Series(i), &outcome.gathers));
    }
    Chart {
        title: "Energy of the data that is explained".to_owned(),
        x: Axis::linear("offset (m)"),
        y: Axis::linear("share of the energy (%)"),
        curves,
        plot: PLOT,
    }
}

/// The chart on a page.
pub(super) fn chart(run: &Comparison, field: usize) -> Markup {
    charts(&[explained(run, field)])
}

/// Offsets in the middle of ranges, with the share in percent.
fn shares(observed: &[ShotGather], synthetic: &[ShotGather], field: usize) -> Vec<[f64; 2]> {
    let pairs: Vec<(&ShotGather, &ShotGather)> = observed
        .iter()
        .filter_map(|seen| {
            let same = |gather: &&ShotGather| {
                gather.header.survey.sources == seen.header.survey.sources
                    && gather.traces.len() == seen.traces.len()
            };
            Some((seen, synthetic.iter().find(same)?))
        })
        .collect();
    // Offset, energy of the residual, energy of the data: a row a trace.
    let mut traces: Vec<[f64; 3]> = Vec::new();
    for (seen, made) in pairs {
        let (survey, samples) = (&seen.header.survey, seen.header.samples);
        let (source, receivers) = (survey.sources[0], survey.receivers.of(0));
        let first = field * receivers.len();
        for (k, receiver) in receivers.iter().enumerate() {
            let range = (first + k) * samples..(first + k + 1) * samples;
            let (Some(seen), Some(made)) = (seen.traces.get(range.clone()), made.traces.get(range)) else {
                continue;
            };
            let energy: f64 = seen.iter().map(|o| f64::from(*o).powi(2)).sum();
            let residual: f64 = seen.iter().zip(made).map(|(o, s)| f64::from(s - o).powi(2)).sum();
            traces.push([receiver.distance(&source), residual, energy]);
        }
    }
    let lo = traces.iter().map(|row| row[0]).fold(f64::INFINITY, f64::min);
    let hi = traces.iter().map(|row| row[0]).fold(f64::NEG_INFINITY, f64::max);
    let width = (hi - lo) / RANGES as f64;
    let mut sums = [[0.0; 3]; RANGES];
    for [offset, residual, energy] in traces {
        let range = if width > 0.0 { (((offset - lo) / width) as usize).min(RANGES - 1) } else { 0 };
        for (sum, more) in sums[range].iter_mut().zip([1.0, residual, energy]) {
            *sum += more;
        }
    }
    let middle = |k: usize| lo + (k as f64 + 0.5) * width;
    let share =
        |(k, [_, residual, energy]): (usize, &[f64; 3])| [middle(k), 100.0 * (1.0 - residual / energy)];
    sums.iter().enumerate().filter(|(_, sum)| sum[2] > 0.0).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::sample::comparison;

    /// All of the energy is explained by the data themselves, none by zeros, and three quarters by half of the amplitude, at every
    /// offset.
    #[test]
    fn shares_of_the_energy() {
        let run = comparison(11);
        let times = |factor: f32| -> Vec<ShotGather> {
            let scaled = |gather: &ShotGather| {
                let traces = gather.traces.iter().map(|v| factor * v).collect();
                ShotGather { traces, ..gather.clone() }
            };
            run.observed.iter().map(scaled).collect()
        };
        for (factor, expected) in [(1.0, 100.0), (0.0, 0.0), (0.5, 75.0), (2.0, 0.0)] {
            let found = shares(&run.observed, &times(factor), 0);
            assert!(found.len() > RANGES / 2);
            assert!(found.iter().all(|[_, share]| (share - expected).abs() < 1e-4), "{factor}: {found:?}");
        }
        assert!(shares(&run.observed, &[], 0).is_empty());
        assert_eq!(explained(&run, 0).curves.len(), 4);
    }
}
