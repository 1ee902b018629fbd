//! Fourier transforms of traces, padded to avoid wrap-around.

use std::sync::Arc;

use num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

/// The discrete Fourier transform of traces of one length, with zeros after them.
///
/// # Shapes
/// Traces `[time]`; spectra `[frequency]`, the positive frequencies before the negative ones.
#[derive(Clone)]
pub struct Transform {
    samples: usize,
    length: usize,
    forward: Arc<dyn Fft<f64>>,
    inverse: Arc<dyn Fft<f64>>,
}

impl Transform {
    /// For traces with `samples` samples, with at least as many zeros after them, so that an operator on the spectrum
    /// is a convolution of the trace.
    #[must_use]
    pub fn new(samples: usize) -> Self {
        let least = (2 * samples).max(2);
        let power = least.next_power_of_two();
        // Three quarters of a power of two can be transformed equally fast.
        let length = if power >= 8 && power / 4 * 3 >= least { power / 4 * 3 } else { power };
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        Self { samples, length, forward, inverse }
    }

    /// Samples per trace.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Samples per spectrum.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Frequency of a sample of the spectrum in Hz, negative in its upper half.
    #[must_use]
    pub fn frequency(&self, k: usize, dt: f64) -> f64 {
        let signed = if 2 * k <= self.length { k as f64 } else { k as f64 - self.length as f64 };
        signed / (self.length as f64 * dt)
    }

    /// Spectrum of a trace: `sum_n s_n exp(-2 pi i k n / length)`.
    #[must_use]
    pub fn spectrum(&self, trace: &[f64]) -> Vec<Complex64> {
        let mut values: Vec<Complex64> = trace.iter().map(|v| Complex64::new(*v, 0.0)).collect();
        values.resize(self.length, Complex64::ZERO);
        self.forward.process(&mut values);
        values
    }

    /// The whole inverse transform including the padding; its real part, for spectra of real traces.
    #[must_use]
    pub fn periodic(&self, mut spectrum: Vec<Complex64>) -> Vec<f64> {
        self.inverse.process(&mut spectrum);
        let scale = 1.0 / self.length as f64;
        spectrum.iter().map(|v| v.re * scale).collect()
    }

    /// The trace at the beginning of [`Transform::periodic`].
    #[must_use]
    pub fn trace(&self, spectrum: Vec<Complex64>) -> Vec<f64> {
        let mut values = self.periodic(spectrum);
        values.truncate(self.samples);
        values
    }

    /// A real, even gain of the frequency in Hz, at every sample of the spectrum.
    #[must_use]
    pub fn gains(&self, dt: f64, gain: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..self.length).map(|k| gain(self.frequency(k, dt).abs())).collect()
    }

    /// A trace with its spectrum multiplied by the gains of [`Transform::gains`]: a self-adjoint operator.
    #[must_use]
    pub fn filtered(&self, trace: &[f64], gains: &[f64]) -> Vec<f64> {
        let mut spectrum = self.spectrum(trace);
        spectrum.iter_mut().zip(gains).for_each(|(value, gain)| *value *= gain);
        self.trace(spectrum)
    }

    /// A trace that is earlier by a time, both in s; what comes before its first sample is cut off.
    #[must_use]
    pub fn advanced(&self, trace: &[f64], time: f64, dt: f64) -> Vec<f64> {
        let mut spectrum = self.spectrum(trace);
        for (k, value) in spectrum.iter_mut().enumerate() {
            *value *= Complex64::cis(std::f64::consts::TAU * self.frequency(k, dt) * time);
        }
        self.trace(spectrum)
    }

    /// The Hilbert transform of a trace. On the padded line it is antisymmetric, so its transpose is its negative.
    #[must_use]
    pub fn hilbert(&self, trace: &[f64]) -> Vec<f64> {
        let mut spectrum = self.spectrum(trace);
        let middle = self.length / 2;
        for (k, value) in spectrum.iter_mut().enumerate() {
            *value *= match k {
                _ if k == 0 || k == middle => Complex64::ZERO,
                _ if k < middle => -Complex64::I,
                _ => Complex64::I,
            };
        }
        self.trace(spectrum)
    }
}

impl std::fmt::Debug for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transform").field("samples", &self.samples).field("length", &self.length).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// Forward and inverse transforms give the identity to rounding; lengths are even and at least twice the samples.
    #[test]
    fn inverse() {
        for samples in [1, 2, 5, 48, 100] {
            let transform = Transform::new(samples);
            assert!(transform.length().is_multiple_of(2) && transform.length() >= 2 * samples);
            let trace: Vec<f64> = (0..samples).map(|i| (1.3 * i as f64).sin() + 0.2).collect();
            let again = transform.trace(transform.spectrum(&trace));
            assert!(trace.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-14));
        }
    }

    /// `<H a, b> = -<a, H b>`, and the Hilbert transform of a wave packet is the packet delayed by a quarter of a
    /// period: for a Gaussian with a width of 12 periods the difference is less than 1e-6 of the peak.
    #[test]
    fn hilbert_transform() {
        let n = 1000;
        let transform = Transform::new(n);
        let packet = |phase: f64| -> Vec<f64> {
            (0..n)
                .map(|i| {
                    let t = (i as f64 - 500.0) / 60.0;
                    (-t * t).exp() * (std::f64::consts::TAU * i as f64 / 20.0 + phase).cos()
                })
                .collect()
        };
        let quarter = packet(-std::f64::consts::FRAC_PI_2);
        let found = transform.hilbert(&packet(0.0));
        assert!(found.iter().zip(&quarter).all(|(a, b)| (a - b).abs() < 1e-6));
        let a: Vec<f64> = (0..n).map(|i| (0.37 * (i * i) as f64).sin()).collect();
        let b: Vec<f64> = (0..n).map(|i| (0.11 * (i * i) as f64).cos()).collect();
        let (left, right) = (dot(&transform.hilbert(&a), &b), dot(&a, &transform.hilbert(&b)));
        assert!((left + right).abs() < 1e-10, "{left} {right}");
    }
}
