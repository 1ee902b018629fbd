//! Estimation of the source wavelet: the filter that brings synthetic traces closest to observed ones.

use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Transform;
use document::Unit;

/// Estimates the source wavelet from the data: at each frequency the one that explains the data best in the
/// starting model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateWavelet {
    /// Damping, relative to the largest power of the spectrum. It keeps the wavelet from being estimated at
    /// frequencies that it hardly has.
    #[serde(default = "damping")]
    #[schemars(transform = Unit::None.within(1e-12, 1.0))]
    pub damping: f64,
}

fn damping() -> f64 {
    1e-3
}

/// Sums over traces from which a filter is computed. Those of one shot give the wavelet of that shot, those of all
/// shots a common one.
///
/// At each frequency the filter minimises `sum |filter S - D|^2` over the traces; it is damped by a fraction of the
/// largest power.
///
/// # Source
/// Pratt, Geophysics 64 (1999), 888-901, equation 17.
#[derive(Debug, Clone)]
pub struct WaveletEstimate {
    transform: Transform,
    cross: Vec<Complex64>,
    power: Vec<f64>,
}

impl WaveletEstimate {
    /// An empty estimate, for traces of this length.
    #[must_use]
    pub fn new(samples: usize) -> Self {
        let transform = Transform::new(samples);
        let length = transform.length();
        Self { transform, cross: vec![Complex64::ZERO; length], power: vec![0.0; length] }
    }

    /// Adds the traces of a gather `[receiver, time]`. Muted traces must be muted in both.
    pub fn add(&mut self, synthetic: &[f64], observed: &[f64]) {
        let samples = self.transform.samples().max(1);
        for (s, o) in synthetic.chunks(samples).zip(observed.chunks(samples)) {
            let (s, o) = (self.transform.spectrum(s), self.transform.spectrum(o));
            for (k, (s, o)) in s.iter().zip(&o).enumerate() {
                self.cross[k] += s.conj() * o;
                self.power[k] += s.norm_sqr();
            }
        }
    }

    /// Adds the sums of other traces.
    pub fn merge(&mut self, other: &Self) {
        self.cross.iter_mut().zip(&other.cross).for_each(|(a, b)| *a += b);
        self.power.iter_mut().zip(&other.power).for_each(|(a, b)| *a += b);
    }

    /// Synthetic traces with the wavelet that explains the observed ones: each trace through the filter.
    ///
    /// # Shapes
    /// `[receiver, time]`; `damping` as for [`WaveletEstimate::wavelet`].
    #[must_use]
    pub fn filtered(&self, synthetic: &[f64], damping: f64) -> Vec<f64> {
        let samples = self.transform.samples().max(1);
        synthetic.chunks(samples).flat_map(|trace| self.wavelet(trace, damping)).collect()
    }

    /// The wavelet that explains the observed traces, from the wavelet of the synthetic ones; that wavelet if there
    /// are no traces.
    ///
    /// # Shapes
    /// `[time]`, as long as the traces. `damping` is relative to the largest power, 1e-4 for clean data.
    #[must_use]
    pub fn wavelet(&self, used: &[f64], damping: f64) -> Vec<f64> {
        let peak = self.power.iter().copied().fold(0.0, f64::max);
        if peak == 0.0 {
            return used.to_vec();
        }
        let mut spectrum = self.transform.spectrum(used);
        for (k, value) in spectrum.iter_mut().enumerate() {
            *value *= self.cross[k] / (self.power[k] + damping * peak);
        }
        self.transform.trace(spectrum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Traces are reflectivities with either wavelet. The estimate is the observed wavelet, to the damping at the
    /// edges of the band (1e-4 / 0.01^2 of the amplitude at a hundredth of the peak), and traces added in two parts
    /// give the same.
    #[test]
    fn finds_the_wavelet() {
        let (n, dt) = (600, 0.004);
        let ricker = |f: f64, at: f64| -> Vec<f64> {
            let a = |i: usize| (std::f64::consts::PI * f * (i as f64 * dt - at)).powi(2);
            (0..n).map(|i| (1.0 - 2.0 * a(i)) * (-a(i)).exp()).collect()
        };
        let (used, wanted) = (ricker(10.0, 0.15), ricker(9.0, 0.2));
        let transform = Transform::new(n);
        let trace = |wavelet: &[f64], receiver: usize| -> Vec<f64> {
            let mut response = vec![0.0; n];
            for i in 0..5 {
                response[10 + 40 * i + 7 * receiver] = 1.0 / (1.0 + i as f64 + receiver as f64);
            }
            let product = |(a, b): (Complex64, Complex64)| a * b;
            let pairs = transform.spectrum(wavelet).into_iter().zip(transform.spectrum(&response));
            transform.trace(pairs.map(product).collect())
        };
        let gather = |wavelet: &[f64], receivers: std::ops::Range<usize>| -> Vec<f64> {
            receivers.flat_map(|r| trace(wavelet, r)).collect()
        };
        let mut whole = WaveletEstimate::new(n);
        whole.add(&gather(&used, 0..4), &gather(&wanted, 0..4));
        let found = whole.wavelet(&used, 1e-6);
        assert!(found.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 0.02), "{found:?}");
        let mut parts = WaveletEstimate::new(n);
        parts.add(&gather(&used, 0..1), &gather(&wanted, 0..1));
        let mut rest = WaveletEstimate::new(n);
        rest.add(&gather(&used, 1..4), &gather(&wanted, 1..4));
        parts.merge(&rest);
        assert!(parts.wavelet(&used, 1e-6).iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(WaveletEstimate::new(n).wavelet(&used, 1e-4), used);
    }
}
