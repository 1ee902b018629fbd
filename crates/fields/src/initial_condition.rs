//! Initial conditions that hold for every network.

use crate::evaluation::Evaluation;
use crate::jet::JetOrder;

/// A field in time that starts from u0, at rest: `u = g(t) u0 + (1 - g(t)) N` with g = exp(-(t / tau)^2).
///
/// g(0) = 1 and g'(0) = 0, so u(0) = u0 and u_t(0) = 0 for every network N; long after tau the field is that of the
/// network. If tau is about the width of the pulse divided by the velocity, N starts as u0 plus something of the same
/// size.
///
/// # Units
/// `tau` in the network's unit of t.
///
/// # Source
/// Lagaris, Likas & Fotiadis, IEEE Transactions on Neural Networks 9 (1998), section II, with a Gaussian instead of a
/// power of t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InitialCondition {
    /// The time over which the network takes over.
    pub tau: f64,
}

/// The jet of an initial field: u0, x, z and the Laplacian, in the network's coordinates and scale.
pub type StartJet = [f32; 4];

/// Streams of a jet of first order: the value, x, z and t.
const FIRST: usize = 4;

/// Streams of a jet with all second derivatives.
const MOST: usize = 10;

/// The stream of tt, after the value, x, z, t and the Laplacian.
const TT: usize = 5;

impl InitialCondition {
    /// 1 - g with its first and second derivative.
    fn handover(&self, t: f64) -> [f32; 3] {
        let a = t / self.tau;
        let g = (-a * a).exp();
        let first = 2.0 * a * g / self.tau;
        let second = (2.0 - 4.0 * a * a) * g / (self.tau * self.tau);
        [-(-a * a).exp_m1(), first, second].map(|v| v as f32)
    }

    /// The jets of u from those of N, both with the Laplacian as one stream, of first order, or only values. `start` returns
    /// the jet of u0 for a channel and a point.
    ///
    /// # Shapes
    /// `times` `[point]`.
    #[must_use]
    pub fn apply(
        &self,
        n: &Evaluation,
        times: &[f64],
        start: impl Fn(usize, usize) -> StartJet,
    ) -> Evaluation {
        let (points, channels) = (n.points(), n.channels());
        let mut values = n.values().to_vec();
        for p in 0..points {
            let [h, h_t, h_tt] = self.handover(times[p]);
            for c in 0..channels {
                let at = |stream: usize| (stream * points + p) * channels + c;
                if values.len() == points * channels {
                    values[at(0)] = h * values[at(0)] + (1.0 - h) * start(c, p)[0];
                    continue;
                }
                let (value, t) = (values[at(0)], values[at(3)]);
                let u0 = start(c, p);
                let g = 1.0 - h;
                let second = values.len() > FIRST * points * channels;
                for (stream, u0) in [0, 1, 2, 4].into_iter().zip(u0).take(if second { 4 } else { 3 }) {
                    values[at(stream)] = h * values[at(stream)] + g * u0;
                }
                values[at(3)] = h * t + h_t * (value - u0[0]);
                if !second {
                    continue;
                }
                values[at(TT)] = h * values[at(TT)] + 2.0 * h_t * t + h_tt * (value - u0[0]);
            }
        }
        Evaluation::of_values(values, points, channels)
    }

    /// [`InitialCondition::apply`] for a field that is zero at t = 0, with jets of any order.
    ///
    /// # Shapes
    /// `times` `[point]`.
    ///
    /// # Panics
    /// If the jets are not those of a field in x, z and t.
    #[must_use]
    pub fn from_rest(&self, n: &Evaluation, times: &[f64]) -> Evaluation {
        let (points, channels) = (n.points(), n.channels());
        let mut values = n.values().to_vec();
        let streams = Streams::of(values.len() / (points * channels));
        for p in 0..points {
            let [h, h_t, h_tt] = self.handover(times[p]);
            for c in 0..channels {
                let at = |stream: usize| (stream * points + p) * channels + c;
                let before = |stream: usize| n.values()[at(stream)];
                (0..streams.count).for_each(|stream| values[at(stream)] *= h);
                for (stream, from) in streams.rates() {
                    values[at(stream)] += h_t * before(from);
                }
                if let Some(tt) = streams.tt {
                    values[at(tt)] += 2.0 * h_t * before(3);
                    values[at(tt)] += h_tt * before(0);
                }
            }
        }
        Evaluation::of_values(values, points, channels)
    }

    /// The transpose of [`InitialCondition::from_rest`], and of the linear part of [`InitialCondition::apply`]: dJ/dN from
    /// dJ/du, in place.
    ///
    /// # Panics
    /// As [`InitialCondition::from_rest`].
    pub fn pull_back(&self, [points, channels]: [usize; 2], times: &[f64], upstream: &mut [f32]) {
        let streams = Streams::of(upstream.len() / (points * channels));
        for p in 0..points {
            let [h, h_t, h_tt] = self.handover(times[p]);
            for c in 0..channels {
                let at = |stream: usize| (stream * points + p) * channels + c;
                let mut by = [0.0; MOST];
                (0..streams.count).for_each(|stream| by[stream] = upstream[at(stream)]);
                (0..streams.count).for_each(|stream| upstream[at(stream)] *= h);
                for (stream, to) in streams.rates() {
                    upstream[at(to)] += h_t * by[stream];
                }
                if let Some(tt) = streams.tt {
                    upstream[at(0)] += h_tt * by[tt];
                    upstream[at(3)] += 2.0 * h_t * by[tt];
                }
            }
        }
    }
}

/// The places of derivatives along t in a jet of a field in x, z and t.
#[derive(Debug, Clone, Copy)]
struct Streams {
    count: usize,
    tt: Option<usize>,
}

impl Streams {
    fn of(count: usize) -> Self {
        let order = |order: &JetOrder| order.streams(3) == count;
        let all = [JetOrder::Value, JetOrder::First, JetOrder::Laplacian, JetOrder::Second, JetOrder::Mixed];
        let order = all.into_iter().find(order).expect("a jet of a field in x, z and t");
        Self { count, tt: (count > FIRST).then(|| order.second(3, 2)) }
    }

    /// Streams of a first derivative along t, with those of the same without it: t, xt, zt.
    fn rates(self) -> impl Iterator<Item = (usize, usize)> {
        let all = [(3, 0), (MOST - 2, 1), (MOST - 1, 2)];
        all.into_iter().take(if self.count == MOST { 3 } else { usize::from(self.count >= FIRST) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    const START: InitialCondition = InitialCondition { tau: 0.4 };

    fn random(len: usize, seed: u64) -> Vec<f32> {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..len).map(|_| rng.random::<f32>() - 0.5).collect()
    }

    /// At t = 0 the field is exactly u0, its t derivative is zero, and u_tt = 2 (N - u0) / tau^2.
    #[test]
    fn the_condition_holds_for_every_network() {
        let n = Evaluation::of_values(random(12, 1), 1, 2);
        let start = [[[0.3, 1.0, 2.0, 3.0]], [[-0.2, 5.0, 6.0, 7.0]]];
        let u = START.apply(&n, &[0.0], |c, p| start[c][p]);
        for c in 0..2 {
            assert_eq!([0, 1, 2, 4].map(|s| u.at(s, 0, c)), start[c][0]);
            assert_eq!(u.at(3, 0, c), 0.0);
            let exact = 2.0 * (n.at(0, 0, c) - start[c][0][0]) / 0.16;
            assert!((u.at(TT, 0, c) - exact).abs() < 1e-5 * exact.abs());
        }
    }

    /// For N = t^2 and u0 = 1 the derivatives are those of u by central differences in f64.
    #[test]
    fn derivatives_in_time() {
        let u = |t: f64| (-(t / 0.4) * (t / 0.4)).exp() * (1.0 - t * t) + t * t;
        let (t, h) = (0.31, 1e-4);
        let n = Evaluation::of_values([t * t, 0.0, 0.0, 2.0 * t, 0.0, 2.0].map(|v| v as f32).to_vec(), 1, 1);
        let jet = START.apply(&n, &[t], |_, _| [1.0, 0.0, 0.0, 0.0]);
        let first = (u(t + h) - u(t - h)) / (2.0 * h);
        let second = (u(t + h) - 2.0 * u(t) + u(t - h)) / (h * h);
        for (stream, exact) in [(0, u(t)), (3, first), (TT, second)] {
            assert!((f64::from(jet.at(stream, 0, 0)) - exact).abs() < 1e-5, "{stream}");
        }
    }

    /// Jets of first order and values are the first streams of those with second derivatives.
    #[test]
    fn lower_orders_are_the_first_streams() {
        let (points, channels) = (3, 2);
        let (all, times) = (random(6 * points * channels, 5), [0.0, 0.1, 0.7]);
        let of = |streams: usize| {
            let n = Evaluation::of_values(all[..streams * points * channels].to_vec(), points, channels);
            START.apply(&n, &times, |c, p| [0.1 * c as f32, 0.2, 0.3 * p as f32, 0.4])
        };
        let whole = of(6);
        for streams in [1, FIRST] {
            assert_eq!(of(streams).values(), &whole.values()[..streams * points * channels]);
        }
    }

    /// From rest, jets of values, of first order and with the Laplacian are those of a start of zero, bit for bit.
    #[test]
    fn rest_is_a_start_of_zero() {
        let (points, channels, times) = (3, 2, [0.0, 0.1, 0.7]);
        for streams in [1, FIRST, TT + 1] {
            let n = Evaluation::of_values(random(streams * points * channels, 6), points, channels);
            let zero = START.apply(&n, &times, |_, _| [0.0; 4]);
            assert_eq!(START.from_rest(&n, &times).values(), zero.values());
        }
    }

    /// The jets of (1 - g) N for N = x z t^2 + x^2 t are its derivatives by central differences in f64, the mixed ones too.
    #[test]
    fn jets_from_rest() {
        let (h, [x, z, t]) = (1e-4, [0.3, -0.4, 0.31]);
        let u = |[x, z, t]: [f64; 3]| -(-(t / 0.4).powi(2)).exp_m1() * (x * z * t * t + x * x * t);
        let jet = [
            x * z * t * t + x * x * t,
            z * t * t + 2.0 * x * t,
            x * t * t,
            2.0 * x * z * t + x * x,
            2.0 * t,
            0.0,
            2.0 * x * z,
            t * t,
            2.0 * z * t + 2.0 * x,
            2.0 * x * t,
        ];
        let moved = |axes: &[(usize, f64)]| {
            let mut at = [x, z, t];
            axes.iter().for_each(|(axis, sign)| at[*axis] += sign * h);
            u(at)
        };
        let first = |a: usize| (moved(&[(a, 1.0)]) - moved(&[(a, -1.0)])) / (2.0 * h);
        let second = |a: usize| (moved(&[(a, 1.0)]) - 2.0 * moved(&[]) + moved(&[(a, -1.0)])) / (h * h);
        let mixed = |a: usize, b: usize| {
            let of = |p: f64, q: f64| moved(&[(a, p), (b, q)]);
            (of(1.0, 1.0) - of(1.0, -1.0) - of(-1.0, 1.0) + of(-1.0, -1.0)) / (4.0 * h * h)
        };
        let exact = [
            moved(&[]),
            first(0),
            first(1),
            first(2),
            second(0),
            second(1),
            second(2),
            mixed(0, 1),
            mixed(0, 2),
            mixed(1, 2),
        ];
        for streams in [7, 10] {
            let n = Evaluation::of_values(jet[..streams].iter().map(|v| *v as f32).collect(), 1, 1);
            let found = START.from_rest(&n, &[t]);
            for (stream, exact) in exact.into_iter().enumerate().take(streams) {
                assert!((f64::from(found.at(stream, 0, 0)) - exact).abs() < 1e-5, "{streams} {stream}");
            }
        }
    }

    /// <A n, g> = <n, A^T g> for the linear part A of the map, to the rounding of f32, for every order.
    #[test]
    fn pull_back_is_the_transpose() {
        let (points, channels) = (5, 2);
        for streams in [1, FIRST, TT + 1, 7, 10] {
            let length = streams * points * channels;
            let times: Vec<f64> = (0..points).map(|p| 0.2 * p as f64).collect();
            let (n, g) = (random(length, 2), random(length, 3));
            let forward = START.from_rest(&Evaluation::of_values(n.clone(), points, channels), &times);
            let mut back = g.clone();
            START.pull_back([points, channels], &times, &mut back);
            let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum() };
            assert!((dot(forward.values(), &g) - dot(&n, &back)).abs() < 1e-4, "{streams}");
        }
    }
}
