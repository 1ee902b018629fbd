//! Fourier sums at evenly spaced times that do not have to fit the period, by fast Fourier transforms.
//!
//! # Source
//! L. R. Rabiner, R. W. Schafer and C. M. Rader, "The chirp z-transform algorithm", IEEE Transactions on Audio and
//! Electroacoustics 17 (1969), 86-92, with Bluestein's identity 2 k n = k^2 + n^2 - (n - k)^2.

use std::f64::consts::PI;

use num_complex::Complex64;
use rustfft::FftPlanner;

/// `sum_k c_k exp(2 pi i k n turn)` for n from 0, `count` of them.
///
/// # Shapes
/// `coefficients` `[k]` from k = 0.
///
/// # Units
/// `turn` in full turns, for k = n = 1.
#[must_use]
pub fn fourier_sum(coefficients: &[Complex64], turn: f64, count: usize) -> Vec<Complex64> {
    let terms = coefficients.len();
    if terms == 0 || count == 0 {
        return vec![Complex64::ZERO; count];
    }
    // exp(pi i turn j^2). Whole turns are removed before the multiplication by pi, to lose no accuracy.
    let chirp = |j: usize| {
        let turns = 0.5 * turn * (j as f64).powi(2);
        Complex64::cis(2.0 * PI * (turns - turns.round()))
    };
    let length = (terms + count).next_power_of_two();
    let mut planner = FftPlanner::new();
    let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let mut values = vec![Complex64::ZERO; length];
    let mut kernel = vec![Complex64::ZERO; length];
    for (k, c) in coefficients.iter().enumerate() {
        values[k] = c * chirp(k);
    }
    // The convolution with exp(-pi i turn (n - k)^2), n - k from -(terms - 1) to count - 1.
    for j in 0..count.max(terms) {
        let value = chirp(j).conj();
        if j < count {
            kernel[j] = value;
        }
        if j > 0 && j < terms {
            kernel[length - j] = value;
        }
    }
    forward.process(&mut values);
    forward.process(&mut kernel);
    values.iter_mut().zip(&kernel).for_each(|(v, k)| *v *= k);
    inverse.process(&mut values);
    let scale = 1.0 / length as f64;
    (0..count).map(|n| values[n] * chirp(n) * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fast sum equals the direct sum. The rounding error grows with the number of turns, here 57 * 90 * 0.037 = 190; 1e-12 of
    /// the sum of magnitudes is a bound.
    #[test]
    fn fast_is_plain() {
        let c: Vec<Complex64> =
            (0..57).map(|k| Complex64::new((k as f64).sin(), (2 * k) as f64 % 7.0 - 3.0)).collect();
        let turn = 0.037_123;
        let size: f64 = c.iter().map(|c| c.norm()).sum();
        for count in [1, 30, 90] {
            let fast = fourier_sum(&c, turn, count);
            for (n, fast) in fast.iter().enumerate() {
                let angle = |k: usize| Complex64::cis(2.0 * PI * (k * n) as f64 * turn);
                let plain: Complex64 = c.iter().enumerate().map(|(k, c)| c * angle(k)).sum();
                assert!((fast - plain).norm() < 1e-12 * size, "{n}: {fast} {plain}");
            }
        }
        assert_eq!(fourier_sum(&[], 0.1, 2), [Complex64::ZERO; 2]);
    }
}
