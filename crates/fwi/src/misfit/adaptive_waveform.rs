//! Adaptive waveform inversion: penalises energy away from zero lag in the filter that maps observed to synthetic
//! traces.

use document::{CheckSettings, Unit};
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, TimeMisfit};
use survey::ranges;
use survey::traces::{Gather, Transform};

/// Adaptive waveform inversion. For each trace the Wiener filter w turns the observed trace into the synthetic one,
/// and J penalises filter energy away from zero lag: `J = mean over traces of ||T r||^2 / (2 ||w||^2)`, where T is
/// the lag divided by `lag`, at most 1.
///
/// r is w minus its projection on the filter of the observed trace onto itself. That filter is a spike with the
/// band of the data. Without it, J is zero at the data and at multiples of them, whatever the band. A delay up to
/// `lag` raises J as its square, however many periods it has. The filter is `W = D^* S / (|D|^2 + damping max
/// |D|^2)` over zero-padded spectra. It is linear in the synthetic trace, so that the adjoint source is exact.
///
/// # Source
/// Warner and Guasch, Geophysics 81 (2016), R429-R445, with the roles of observed and synthetic traces exchanged,
/// which makes the filter linear in the synthetic one; the subtraction is our own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdaptiveWaveform {
    /// Lag at which the penalty reaches its maximum: somewhat more than the largest delay.
    #[schemars(transform = ranges::duration())]
    pub lag: f64,
    /// Damping, relative to the peak of the power spectrum.
    #[serde(default = "damping")]
    #[schemars(transform = Unit::None.within(1e-12, 1.0))]
    pub damping: f64,
}

fn damping() -> f64 {
    1e-3
}

impl CheckSettings for AdaptiveWaveform {}

impl Misfit for AdaptiveWaveform {
    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl AdaptiveWaveform {
    /// Squared weights of the lags of a padded trace, with negative lags at the end.
    fn weights(&self, length: usize, dt: f64) -> Vec<f64> {
        let lag = |k: usize| k.min(length - k) as f64 * dt / self.lag;
        (0..length).map(|k| lag(k).min(1.0).powi(2)).collect()
    }

    /// Value and derivative for one trace, from the spectrum of the observed trace.
    fn trace(
        &self,
        transform: &Transform,
        weights: &[f64],
        synthetic: &[f64],
        observed: &[Complex64],
    ) -> (f64, Vec<f64>) {
        let peak = observed.iter().map(Complex64::norm_sqr).fold(0.0, f64::max);
        let inverse: Vec<Complex64> =
            observed.iter().map(|d| d.conj() / (d.norm_sqr() + self.damping * peak)).collect();
        let times = |a: &[Complex64], b: &[Complex64]| a.iter().zip(b).map(|(a, b)| a * b).collect();
        let spike = transform.periodic(times(&inverse, observed));
        let filter = transform.periodic(times(&inverse, &transform.spectrum(synthetic)));
        let size = dot(&filter, &filter);
        if size == 0.0 {
            // Without a filter there is no lag: the misfit has full weight and no slope.
            return (0.5, vec![0.0; synthetic.len()]);
        }
        let share = dot(&filter, &spike) / dot(&spike, &spike);
        let rest: Vec<f64> = filter.iter().zip(&spike).map(|(w, s)| w - share * s).collect();
        let weighted: Vec<f64> = rest.iter().zip(weights).map(|(r, t)| r * t).collect();
        let value = 0.5 * dot(&weighted, &rest) / size;
        let back = dot(&weighted, &spike) / dot(&spike, &spike);
        let by_filter: Vec<f64> = (0..filter.len())
            .map(|k| (weighted[k] - back * spike[k] - 2.0 * value * filter[k]) / size)
            .collect();
        let mut spectrum = transform.spectrum(&by_filter);
        spectrum.iter_mut().zip(&inverse).for_each(|(g, w)| *g *= w.conj());
        (value, transform.trace(spectrum))
    }
}

impl TimeMisfit for AdaptiveWaveform {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let share = gather.reference.per_trace();
        let transform = Transform::new(gather.samples);
        let weights = self.weights(transform.length(), gather.dt);
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(gather.synthetic.len()));
        for (s, o) in gather.traces() {
            if o.iter().all(|v| *v == 0.0) {
                adjoint.extend(s.iter().map(|_| 0.0));
                continue;
            }
            let (j, g) = self.trace(&transform, &weights, s, &transform.spectrum(o));
            value += share * j;
            adjoint.extend(g.iter().map(|g| share * g));
        }
        (value, adjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misfit::tests::shifted;

    /// J grows with the delay over five periods, and from one period on as its square: (tau / lag)^2 / 2. The spike
    /// is about a period wide and symmetric, and adds the square of its own spread, which is always the same.
    #[test]
    fn grows_with_the_square_of_the_delay() {
        let adaptive = AdaptiveWaveform { lag: 0.4, damping: 1e-3 };
        let shifts: Vec<f64> = (0..26).map(|i| 0.01 * f64::from(i)).collect();
        let values = shifted(&adaptive, &shifts);
        assert!(values.windows(2).all(|v| v[1] > v[0]), "{values:?}");
        let growth = values[25] - values[15];
        let expected = (0.25_f64.powi(2) - 0.15_f64.powi(2)) / (2.0 * 0.4_f64.powi(2));
        assert!((growth / expected - 1.0).abs() < 0.02, "{growth} {expected}");
    }

    /// Amplitude does not matter: the adjoint source is orthogonal to the synthetic data.
    #[test]
    fn strength_does_not_matter() {
        let (observed, synthetic) = (crate::misfit::tests::ricker(0.4), crate::misfit::tests::ricker(0.45));
        let reference = survey::traces::Reference::of(&observed, observed.len());
        let samples = observed.len();
        let gather = Gather { synthetic: &synthetic, observed: &observed, samples, dt: 0.002, reference };
        let (value, adjoint) = AdaptiveWaveform { lag: 0.2, damping: 1e-3 }.evaluate(&gather);
        assert!(dot(&adjoint, &synthetic).abs() < 1e-12 * value);
    }
}
