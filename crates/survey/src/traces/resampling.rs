//! From the time steps of a propagation to the samples of the data, and back.

/// Samples of the data on each side that a sample is made from.
const HALF_WIDTH: usize = 12;

/// Middle of the transition band over the Nyquist frequency of the data, and the shape of the Kaiser window: with
/// [`HALF_WIDTH`] the filter passes what is below 0.7 of the Nyquist frequency and stops what is above it, to 1.5e-3.
const CUTOFF: f64 = 0.85;
const WINDOW: f64 = 5.65;

/// Upper end of the band that passes, over the Nyquist frequency of the data.
const PASSBAND: f64 = 0.7;

/// Samples of traces at every so many time steps, of which a filter has removed what the samples cannot represent.
///
/// Taking every n-th step alone has a transpose that puts an adjoint source on every n-th step and zeros between: waves of
/// n times the highest frequency of the data, which the sum over snapshots of a gradient takes for low ones. With the filter
/// the adjoint source is the smooth curve through its samples. The filter has no phase and needs the wavefield
/// `HALF_WIDTH` samples beyond the last one; before the first one it is at rest.
///
/// Data at every step are not filtered.
///
/// # Source
/// Crochiere and Rabiner, Multirate Digital Signal Processing (1983), chapter 2; the window: Kaiser, IEEE ISCAS (1974), 20-23.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampling {
    samples: usize,
    /// Steps from one sample to the next.
    every: usize,
    /// Weights at 0, 1, ... steps from a sample, the same on both sides; of sum 1.
    weights: Vec<f64>,
}

impl Resampling {
    /// For `samples` samples at every `steps_per_sample` steps, from a propagation that takes `refine` steps in one of them.
    #[must_use]
    pub fn new(samples: usize, steps_per_sample: usize, refine: usize) -> Self {
        let every = steps_per_sample * refine;
        if steps_per_sample == 1 {
            return Self { samples, every, weights: vec![1.0] };
        }
        let half = HALF_WIDTH * every;
        let weight = |k: usize| {
            let angle = std::f64::consts::PI * CUTOFF * k as f64 / every as f64;
            let sinc = if k == 0 { 1.0 } else { angle.sin() / angle };
            let inside = 1.0 - (k as f64 / half as f64).powi(2);
            sinc * bessel_i0(WINDOW * inside.max(0.0).sqrt())
        };
        let weights: Vec<f64> = (0..=half).map(weight).collect();
        let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
        Self { samples, every, weights: weights.into_iter().map(|w| w / sum).collect() }
    }

    /// Time steps of a propagation that the samples need, the one at t = 0 included.
    #[must_use]
    pub fn steps(&self) -> usize {
        (self.samples - 1) * self.every + self.weights.len()
    }

    /// The highest frequency in Hz that passes, for data at an interval in s; infinite for data at every step.
    #[must_use]
    pub fn highest(&self, interval: f64) -> f64 {
        if self.weights.len() == 1 { f64::INFINITY } else { 0.5 * PASSBAND / interval }
    }

    /// The samples of traces at every step.
    ///
    /// # Shapes
    /// `traces` `[receiver, step]` with [`Resampling::steps`] steps; returns `[receiver, time]`.
    #[must_use]
    pub fn apply(&self, traces: &[f32]) -> Vec<f64> {
        let steps = self.steps();
        let sample = |trace: &[f32], j: usize| {
            let at = |n: usize| f64::from(trace[n]);
            let middle = j * self.every;
            let sides = self.weights.iter().enumerate().skip(1);
            let side = |(k, w): (usize, &f64)| {
                let before = middle.checked_sub(k).map_or(0.0, at);
                w * (before + at(middle + k))
            };
            self.weights[0] * at(middle) + sides.map(side).sum::<f64>()
        };
        traces.chunks(steps).flat_map(|trace| (0..self.samples).map(move |j| sample(trace, j))).collect()
    }

    /// The transpose of [`Resampling::apply`].
    ///
    /// # Shapes
    /// `samples` `[receiver, time]`; returns `[receiver, step]`.
    #[must_use]
    pub fn transpose(&self, samples: &[f64]) -> Vec<f64> {
        let steps = self.steps();
        let mut traces = vec![0.0; samples.len() / self.samples * steps];
        for (trace, samples) in traces.chunks_mut(steps).zip(samples.chunks(self.samples)) {
            for (j, value) in samples.iter().enumerate() {
                let middle = j * self.every;
                trace[middle] += self.weights[0] * value;
                for (k, w) in self.weights.iter().enumerate().skip(1) {
                    trace[middle + k] += w * value;
                    if k <= middle {
                        trace[middle - k] += w * value;
                    }
                }
            }
        }
        traces
    }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..50 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(len: usize, seed: f64) -> Vec<f64> {
        (0..len).map(|i| (seed * (i * i) as f64).sin()).collect()
    }

    /// `<P a, b> = <a, P^T b>` to rounding, for every interval; `a` is exact in single precision.
    #[test]
    fn transpose_is_exact() {
        for (every, refine) in [(1, 1), (1, 3), (2, 1), (3, 1), (4, 2), (7, 1)] {
            let resampling = Resampling::new(40, every, refine);
            let a: Vec<f32> = noise(2 * resampling.steps(), 0.31).iter().map(|v| *v as f32).collect();
            let b = noise(2 * 40, 0.17);
            let left: f64 = resampling.apply(&a).iter().zip(&b).map(|(x, y)| x * y).sum();
            let right: f64 = resampling.transpose(&b).iter().zip(&a).map(|(x, y)| x * f64::from(*y)).sum();
            assert!((left - right).abs() < 1e-12, "{every}, {refine}: {left} {right}");
        }
    }

    /// Below 0.7 of the Nyquist frequency samples are those of the trace to 2e-3, above it nothing is left to 2e-3; the last
    /// sample is as good as any, and a trace at every step is taken as it is.
    #[test]
    fn band() {
        let (samples, every) = (60, 4);
        let resampling = Resampling::new(samples, every, 1);
        assert_eq!(resampling.steps(), 59 * 4 + 12 * 4 + 1);
        assert_eq!(resampling.highest(0.25), 1.4);
        // In cycles a sample; from where the trace before t = 0 does not count.
        for (frequency, gain) in
            [(0.02, 1.0), (0.2, 1.0), (0.35, 1.0), (0.5, 0.0), (0.8, 0.0), (1.0, 0.0), (1.9, 0.0)]
        {
            let wave = |n: f64| (std::f64::consts::TAU * frequency * n + 0.4).sin();
            let trace: Vec<f32> =
                (0..resampling.steps()).map(|n| wave(n as f64 / every as f64) as f32).collect();
            let found = resampling.apply(&trace);
            for j in HALF_WIDTH..samples {
                assert!(
                    (found[j] - gain * wave(j as f64)).abs() < 2e-3,
                    "{frequency}, sample {j}: {}",
                    found[j]
                );
            }
        }
        let plain = Resampling::new(3, 1, 2);
        assert_eq!((plain.steps(), plain.highest(0.1)), (5, f64::INFINITY));
        assert_eq!(plain.apply(&[1.0, 2.0, 3.0, 4.0, 5.0]), [1.0, 3.0, 5.0]);
        assert_eq!(plain.transpose(&[1.0, 3.0, 5.0]), [1.0, 0.0, 3.0, 0.0, 5.0]);
    }

    /// A propagation with finer steps gives the same samples: the weights are those of one function of time.
    #[test]
    fn refinement_changes_little() {
        let wave = |t: f64| (-(0.25 * (t - 25.0)).powi(2)).exp() * (1.1 * t).sin();
        let sampled = |refine: usize| {
            let resampling = Resampling::new(60, 2, refine);
            let trace = |n: usize| wave(n as f64 / (2 * refine) as f64) as f32;
            resampling.apply(&(0..resampling.steps()).map(trace).collect::<Vec<_>>())
        };
        let (coarse, fine) = (sampled(1), sampled(5));
        assert!(coarse.iter().zip(&fine).all(|(a, b)| (a - b).abs() < 2e-4));
    }
}
