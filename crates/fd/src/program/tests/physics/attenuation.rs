//! Attenuation and dispersion of a standard linear solid.

use std::f64::consts::{PI, TAU};

use num_complex::Complex64;

use super::{Scheme, Waves, relative, ricker, within};
use crate::time::Mesh;

const VELOCITY: f64 = 2000.0;
const DENSITY: f64 = 1500.0;
const QUALITY: f64 = 20.0;
const FREQUENCY: f64 = 15.0;
/// The reference frequency, below the dominant one, so that the waves show dispersion.
const RATE: f64 = TAU * 10.0;

/// The complex modulus from its definition by its values at the reference frequency: its phase has the tangent 1/Q, and the
/// phase velocity is `vp`.
fn modulus(omega: f64) -> Complex64 {
    let tau = 2.0 / (QUALITY - 1.0);
    let relative = |omega: f64| {
        let i = Complex64::new(0.0, omega);
        1.0 + tau * i / (i + RATE)
    };
    let slowness = (DENSITY / relative(RATE)).sqrt().re;
    relative(omega) * (slowness * VELOCITY).powi(2)
}

/// The pressure of a plane source q: `q / (2 c) exp(-i omega r / c)` with the complex velocity c, summed over frequencies.
fn exact(r: f64, times: &[f64]) -> Vec<f64> {
    let window = 4.0;
    let step = TAU / window;
    let spectrum = |omega: f64| {
        let peak = TAU * FREQUENCY;
        let size = 4.0 * PI.sqrt() * omega.powi(2) / peak.powi(3) * (-(omega / peak).powi(2)).exp();
        Complex64::from_polar(size, -omega * 1.5 / FREQUENCY)
    };
    let waves: Vec<(f64, Complex64)> = (1..(4.0 * FREQUENCY * window) as usize)
        .map(|k| {
            let omega = k as f64 * step;
            let c = (modulus(omega) / DENSITY).sqrt();
            let along = (Complex64::new(0.0, -omega * r) / c).exp();
            (omega, spectrum(omega) / (2.0 * c) * along)
        })
        .collect();
    let at = |t: &f64| {
        waves.iter().map(|(omega, p)| (p * Complex64::cis(omega * t)).re).sum::<f64>() * 2.0 / window
    };
    times.iter().map(at).collect()
}

/// Waves near and far from a source in a medium with Q = 20, where the far one has lost four fifths of its amplitude. The step
/// has an error of (omega dt)^2 / 24 of the phase, 2e-5 of 70 radians at the dominant frequency, and four times more of the
/// phase at twice as long a step. An error of 1 % in Q would be 0.02, one of 1 % in the velocity 0.7.
#[test]
fn attenuation_and_dispersion_are_exact() {
    let value = |name: &str, _: &[f64]| match name {
        "vp" => VELOCITY,
        "rho" => DENSITY,
        "Q" => QUALITY,
        _ => RATE,
    };
    assert!((modulus(RATE).re / modulus(RATE).im / QUALITY - 1.0).abs() < 1e-12);
    let mesh = Mesh::new(&[0.0], &[5.0], &[401]).unwrap();
    let errors = |dt: f64| -> Vec<f64> {
        let steps = (1.2 / dt) as usize;
        let waves = Waves::new("viscoacoustic", &mesh, Scheme::new(dt, FREQUENCY), &value);
        let s = |t: f64| ricker(FREQUENCY, t);
        let distances = [100.0, 800.0, 1500.0];
        let at = distances.map(|r| [200.0 + r]);
        let receivers = at.each_ref().map(|at| ("p", &at[..]));
        let found = waves.record(&[("q", &[200.0], &s)], &receivers, steps);
        let times: Vec<f64> = waves.times(steps, false).collect();
        distances.into_iter().zip(&found).map(|(r, trace)| relative(trace, &exact(r, &times))).collect()
    };
    let (coarse, fine) = (errors(4e-4), errors(2e-4));
    for (coarse, fine) in coarse.into_iter().zip(fine) {
        within(2e-3, fine, "attenuated wave");
        let order = (coarse / fine).log2();
        assert!((order - 2.0).abs() < 0.1, "order {order} in time: {coarse:e}, {fine:e}");
    }
}
