//! The weights of points at nodes, as runs along x.

use std::ops::Range;

use super::view::Shared;
use crate::time::Real;

/// A weight of a point at a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PortTap<T> {
    /// Its index in the layout of a variable on the whole grid.
    pub(crate) index: usize,
    pub(crate) plane: usize,
    pub(crate) point: usize,
    pub(crate) weight: T,
}

/// Taps of one point that follow one another along x.
#[derive(Debug, Clone, Copy)]
pub(super) struct TapRun {
    /// The index of the first one.
    pub(super) index: usize,
    plane: usize,
    pub(super) point: usize,
    /// Where its weights are.
    first: usize,
    count: usize,
}

impl TapRun {
    /// Where the weights of the taps are among all.
    pub(super) fn range(self) -> Range<usize> {
        self.first..self.first + self.count
    }
}

/// Taps, plane by plane.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taps<T> {
    runs: Vec<TapRun>,
    weights: Vec<T>,
}

impl<T: Copy> Taps<T> {
    /// The taps in the order of their planes; those of one plane keep theirs.
    pub(crate) fn new(mut taps: Vec<PortTap<T>>) -> Self {
        taps.sort_by_key(|tap| tap.plane);
        let mut runs: Vec<TapRun> = Vec::new();
        for (first, tap) in taps.iter().enumerate() {
            let continues = |run: &&mut TapRun| {
                (run.plane, run.point, run.index + run.count) == (tap.plane, tap.point, tap.index)
            };
            match runs.last_mut().filter(continues) {
                Some(run) => run.count += 1,
                None => {
                    let (index, plane, point) = (tap.index, tap.plane, tap.point);
                    runs.push(TapRun { index, plane, point, first, count: 1 });
                }
            }
        }
        Self { runs, weights: taps.iter().map(|tap| tap.weight).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = PortTap<T>> {
        self.runs.iter().flat_map(move |run| {
            self.of(*run).iter().enumerate().map(move |(k, weight)| PortTap {
                index: run.index + k,
                plane: run.plane,
                point: run.point,
                weight: *weight,
            })
        })
    }

    /// The runs on some planes.
    pub(super) fn on(&self, planes: &Range<usize>) -> &[TapRun] {
        let first = self.runs.partition_point(|run| run.plane < planes.start);
        let last = self.runs.partition_point(|run| run.plane < planes.end);
        &self.runs[first..last]
    }

    /// The weights of a run.
    pub(super) fn of(&self, run: TapRun) -> &[T] {
        &self.weights[run.range()]
    }
}

/// Nodes that are worked on together.
const TOGETHER: usize = 8;

/// Adds the signal of a point to the values of a variable from a node on, by weights and, node by node, the values of an array.
pub(super) fn inject<T: Real>(
    values: Shared<'_, T>,
    at: usize,
    (weights, array): (&[T], Option<&[T]>),
    signal: T,
) {
    let to = values.at(at, weights.len());
    let mut done = 0;
    while weights.len() - done >= TOGETHER {
        let mut sums = [T::ZERO; TOGETHER];
        let weights = &weights[done..done + TOGETHER];
        // SAFETY: inside, as `at` has shown; no other thread touches these nodes now.
        let to = unsafe { std::slice::from_raw_parts_mut(to.add(done), TOGETHER) };
        match array {
            Some(array) => {
                let array = &array[done..done + TOGETHER];
                for k in 0..TOGETHER {
                    sums[k] = to[k] + array[k] * weights[k] * signal;
                }
            }
            None => {
                for k in 0..TOGETHER {
                    sums[k] = to[k] + weights[k] * signal;
                }
            }
        }
        to.copy_from_slice(&sums);
        done += TOGETHER;
    }
    for k in done..weights.len() {
        let factor = array.map_or(T::from_f64(1.0), |array| array[k]);
        values.write(at + k, values.read(at + k) + factor * weights[k] * signal);
    }
}

/// The sum of the values of a variable from a node on, by weights and, node by node, the values of an array.
pub(super) fn record<T: Real>(values: Shared<'_, T>, at: usize, (weights, array): (&[T], Option<&[T]>)) -> T {
    let from = values.at(at, weights.len());
    let mut done = 0;
    let mut sum = T::ZERO;
    let mut sums = [T::ZERO; TOGETHER];
    while weights.len() - done >= TOGETHER {
        let weights = &weights[done..done + TOGETHER];
        // SAFETY: inside, as `at` has shown; no other thread writes these nodes now.
        let from = unsafe { std::slice::from_raw_parts(from.add(done), TOGETHER) };
        match array {
            Some(array) => {
                let array = &array[done..done + TOGETHER];
                for k in 0..TOGETHER {
                    sums[k] += array[k] * weights[k] * from[k];
                }
            }
            None => {
                for k in 0..TOGETHER {
                    sums[k] += weights[k] * from[k];
                }
            }
        }
        done += TOGETHER;
    }
    for k in done..weights.len() {
        let factor = array.map_or(T::from_f64(1.0), |array| array[k]);
        sum += factor * weights[k] * values.read(at + k);
    }
    sums.iter().fold(sum, |sum, value| sum + *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taps() -> Vec<PortTap<f64>> {
        // Two points of 11 and 3 nodes on two planes each.
        let mut taps = Vec::new();
        for (point, (first, count)) in [(4, 11), (7, 3)].into_iter().enumerate() {
            for plane in [3, 2] {
                for k in 0..count {
                    let index = plane * 20 + first + k;
                    let weight = (1 + k + 5 * point) as f64 / (plane as f64);
                    taps.push(PortTap { index, plane, point, weight });
                }
            }
        }
        taps
    }

    #[test]
    fn runs_hold_every_tap_in_the_order_of_planes() {
        let mut expected = taps();
        let made = Taps::new(expected.clone());
        expected.sort_by_key(|tap| tap.plane);
        assert_eq!(made.iter().collect::<Vec<_>>(), expected);
        assert_eq!(made.len(), 28);
        assert_eq!(made.runs.len(), 4);
        assert_eq!(made.on(&(2..3)).len(), 2);
        assert_eq!(made.on(&(0..2)).len(), 0);
        assert_eq!(made.on(&(0..9)).len(), 4);
    }

    #[test]
    fn runs_inject_and_record_as_taps_one_by_one_do() {
        let made = Taps::new(taps());
        let start: Vec<f64> = (0..80).map(|k| f64::from(k * k % 37)).collect();
        let array: Vec<f64> = (0..80).map(|k| 1.0 + f64::from(k % 5)).collect();
        for with in [false, true] {
            let factor = |index: usize| if with { array[index] } else { 1.0 };
            let (mut expected, mut sum) = (start.clone(), [0.0; 2]);
            for tap in made.iter() {
                sum[tap.point] += factor(tap.index) * tap.weight * expected[tap.index];
            }
            for tap in made.iter() {
                expected[tap.index] += factor(tap.index) * tap.weight * (2.0 + tap.point as f64);
            }
            let (mut values, mut found) = (start.clone(), [0.0; 2]);
            // SAFETY: one thread.
            let shared = unsafe { Shared::new(&mut values) };
            for run in made.on(&(0..4)) {
                let array = with.then(|| &array[run.index..]);
                found[run.point] += record(shared, run.index, (made.of(*run), array));
            }
            for run in made.on(&(0..4)) {
                let array = with.then(|| &array[run.index..]);
                inject(shared, run.index, (made.of(*run), array), 2.0 + run.point as f64);
            }
            for (found, expected) in found.iter().chain(&values).zip(sum.iter().chain(&expected)) {
                assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} {expected}");
            }
        }
    }
}
