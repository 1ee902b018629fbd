//! Spectra along the line, and the number of independent values they imply.

use num_complex::Complex64;
use rayon::prelude::*;
use rustfft::FftPlanner;

/// Root mean square amplitude over the units at each whole number of periods on the line, and the mean number of degrees of
/// freedom of a unit.
///
/// With the power P_k of the deviations from the mean at all frequencies, positive and negative, the degrees of freedom are
/// (sum P)^2 / sum P^2.
///
/// # Source
/// Bretherton, Widmann, Dymnikov, Wallace and Blade, J. Climate 12 (1999), 1990-2009, equation 5.
pub(super) fn spectrum(units: &[Vec<f32>]) -> (Vec<f64>, f64) {
    let samples = units.first().map_or(0, Vec::len);
    let plan = FftPlanner::<f64>::new().plan_fft_forward(samples);
    let powers = units.par_iter().map(|unit| {
        let mut values: Vec<Complex64> = unit.iter().map(|v| Complex64::new(f64::from(*v), 0.0)).collect();
        plan.process(&mut values);
        let power: Vec<f64> = values.iter().map(num_complex::Complex::norm_sqr).collect();
        let (sum, squares) = power[1..].iter().fold((0.0, 0.0), |(s, q), p| (s + p, q + p * p));
        (power, if squares > 0.0 { sum * sum / squares } else { 1.0 })
    });
    let mut mean = vec![0.0; samples / 2 + 1];
    let mut freedom = 0.0;
    let share = 1.0 / units.len().max(1) as f64;
    for (power, own) in powers.collect::<Vec<_>>() {
        mean.iter_mut().zip(power).for_each(|(sum, p)| *sum += p * share);
        freedom += own * share;
    }
    // A wave of amplitude A has its power in two frequencies, of (A samples / 2)^2 each; the mean has one.
    let scale = |k: usize| if k == 0 || 2 * k == samples { 1.0 } else { 2.0 } / samples as f64;
    (mean.iter().enumerate().map(|(k, p)| p.sqrt() * scale(k)).collect(), freedom)
}
