//! Reflection and transmission at an interface of density and velocity.

use super::{Scheme, Waves, relative, ricker, within};
use crate::time::Mesh;

/// A plane wave through an interface half way between two nodes: reflected by `(Z2 - Z1) / (Z2 + Z1)` and transmitted by
/// `2 Z2 / (Z2 + Z1)` with the impedances `Z = rho vp`. The traces are those of the two waves, in time and size, and so are
/// the coefficients of their amplitudes.
#[test]
fn plane_wave_at_an_interface() {
    let (h, dt, steps, frequency) = (5.0, 1.5e-4, 5600, 12.0);
    let ([v1, v2], [rho1, rho2]) = ([1500.0, 2900.0], [1000.0, 2200.0]);
    let interface = 1002.5;
    let value = move |name: &str, at: &[f64]| match (name, at[0] < interface) {
        ("vp", true) => v1,
        ("vp", false) => v2,
        ("rho", true) => rho1,
        _ => rho2,
    };
    let mesh = Mesh::new(&[0.0], &[h], &[401]).unwrap();
    let waves = Waves::new("acoustic_density", &mesh, Scheme::new(dt, frequency), &value);
    let s = |t: f64| if t < 0.0 { 0.0 } else { ricker(frequency, t) };
    let (source, before, after) = (400.0, 500.0, 1500.0);
    let found = waves.record(&[("q", &[source], &s)], &[("p", &[before]), ("p", &[after])], steps);
    let [z1, z2] = [rho1 * v1, rho2 * v2];
    let back = (interface - source + interface - before) / v1;
    let through = (interface - source) / v1 + (after - interface) / v2;
    let direct = |t: f64| 0.5 * z1 * s(t - (before - source) / v1);
    let reflected = |t: f64| 0.5 * z1 * s(t - back);
    let transmitted = |t: f64| 0.5 * z1 * s(t - through);
    let of = |wave: &dyn Fn(f64) -> f64| waves.times(steps, false).map(wave).collect::<Vec<f64>>();
    let (direct, reflected, transmitted) = (of(&direct), of(&reflected), of(&transmitted));
    let only: Vec<f64> = found[0].iter().zip(&direct).map(|(p, d)| p - d).collect();
    // The amplitude is the projection on the exact wave.
    let amplitude = |p: &[f64], of: &[f64]| {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(p, of) / dot(of, of)
    };
    let late = (0.55 / dt) as usize;
    let (r, t) = (amplitude(&only[late..], &reflected[late..]), amplitude(&found[1], &transmitted));
    let (exact_r, exact_t) = ((z2 - z1) / (z2 + z1), 2.0 * z2 / (z2 + z1));
    assert!((r / exact_r - 1.0).abs() < 2e-3, "reflected {r}, exact {exact_r}");
    assert!((t / exact_t - 1.0).abs() < 2e-3, "transmitted {t}, exact {exact_t}");
    let scaled: Vec<f64> = reflected.iter().map(|p| exact_r * p).collect();
    let error = relative(&only[late..], &scaled[late..]);
    within(1e-2, error, "reflected");
    let scaled: Vec<f64> = transmitted.iter().map(|p| exact_t * p).collect();
    let error = relative(&found[1], &scaled);
    within(1e-2, error, "transmitted");
}
