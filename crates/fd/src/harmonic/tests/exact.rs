//! Point sources in uniform media against exact solutions.
//!
//! g is the outgoing solution of `(lap + k^2) g = -delta`, which is `-(i/4) H0(2)(k r)`.

use std::f64::consts::TAU;

use num_complex::Complex64;

use super::media::{numbers, settings, system};
use crate::analytic::{hankel2, hankel2_complex, uniform};
use crate::harmonic::{HarmonicOperator, Shot, Source};
use crate::program::{Properties, Receivers};
use crate::time::{Mesh, Points};

const OMEGA: f64 = TAU * 12.0;
const VP: f64 = 2300.0;
const VS: f64 = 1250.0;
const RHO: f64 = 1900.0;
/// Between nodes and on places half a cell up, in the middle of the mesh.
const FROM: [[f64; 2]; 2] = [[163.0, 157.5], [164.0, 160.0]];
const TO: [[f64; 2]; 3] = [[370.0, 272.0], [183.0, 391.0], [364.0, 164.0]];

/// A given field, an unknown, and the exact value for an offset from the source.
type Case<'a> = (&'a str, &'a str, &'a dyn Fn([f64; 2]) -> Complex64);

/// Requires the largest error at the receivers over the largest value to be below a limit.
fn within(limit: f64, name: &str, value: &dyn Fn(&str) -> f64, cases: &[Case<'_>]) {
    let system = system(name);
    let mesh = Mesh::new(&[0.0; 2], &[8.0; 2], &[68, 66]).unwrap();
    let parameters: Vec<(&str, Vec<f64>)> =
        system.parameters.iter().map(|s| (s.name.as_str(), vec![value(&s.name); mesh.len()])).collect();
    let properties = Properties {
        parameters: parameters.iter().map(|(name, values)| (*name, &values[..])).collect(),
        numbers: numbers(&system).into_iter().map(|(name, _)| (name, value(name))).collect(),
    };
    let settings = settings(&system, 8, 20, false);
    let operator = HarmonicOperator::new(&system, &mesh, &settings, &properties, OMEGA).unwrap();
    let to = Points::new(&mesh, &TO).unwrap();
    let from = FROM.map(|from| Points::new(&mesh, &[from]).unwrap());
    for (given, unknown, exact) in cases {
        let shot = |points| Shot {
            sources: vec![Source { given, points, amplitudes: &[Complex64::ONE] }],
            receivers: vec![Receivers { unknown, points: &to }],
        };
        let shots = from.each_ref().map(shot);
        let data = operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap();
        let (mut worst, mut size) = (0.0_f64, 0.0_f64);
        for (from, data) in FROM.iter().zip(&data) {
            for (to, found) in TO.iter().zip(&data[0]) {
                let expected = exact([to[0] - from[0], to[1] - from[1]]);
                worst = worst.max((found - expected).norm());
                size = size.max(expected.norm());
            }
        }
        println!("{name} {given} {unknown}: {:.1e}", worst / size);
        assert!(worst < limit * size, "{name} {given} {unknown}: {:e}", worst / size);
    }
}

fn medium(name: &str) -> f64 {
    match name {
        "vp" => VP,
        "vs" => VS,
        "rho" => RHO,
        _ => 0.0,
    }
}

fn g(k: f64, [x, z]: [f64; 2]) -> Complex64 {
    uniform(k, -Complex64::ONE, x.hypot(z))
}

/// dg/dr over r, and the second derivative of g along two axes.
fn bent(k: f64, at: [f64; 2], [a, b]: [usize; 2]) -> (Complex64, Complex64) {
    let r = at[0].hypot(at[1]);
    let slope = Complex64::new(0.0, 0.25) * k * hankel2(1, k * r) / r;
    let twice = -k * k * g(k, at) - slope;
    let same = if a == b { slope } else { Complex64::ZERO };
    (slope, (twice - slope) * at[a] * at[b] / (r * r) + same)
}

/// Waves with 13 cells a wavelength, sources and receivers between nodes: the pressure of acoustic systems.
#[test]
fn acoustic_waves() {
    let k = OMEGA / VP;
    let i_omega = Complex64::new(0.0, OMEGA);
    within(2e-3, "acoustic", &medium, &[("f", "p", &|at| g(k, at))]);
    // (lap + k^2) p = df/dx.
    let force = |at: [f64; 2]| -bent(k, at, [0, 0]).0 * at[0];
    let cases: [Case<'_>; 2] = [("q", "p", &|at| i_omega * RHO * g(k, at)), ("f_x", "p", &force)];
    within(2e-3, "acoustic_density", &medium, &cases);
    let ks = OMEGA / VS;
    let mu = RHO * VS * VS;
    within(2e-3, "sh", &medium, &[("f", "v", &|at| i_omega / mu * g(ks, at))]);
}

/// Elliptic waves, epsilon = delta: in x over `stretch = sqrt(1 + 2 epsilon)` q is an isotropic wave of the source
/// `f + vp^2 stretch d2w/dx2` with `w = p - stretch q = (stretch - 1) f / omega^2`.
#[test]
fn elliptic_waves() {
    let epsilon = 0.2;
    let stretch = (1.0_f64 + 2.0 * epsilon).sqrt();
    let value = |name: &str| if name == "vp" { VP } else { epsilon };
    let k = OMEGA / VP;
    let exact = |[x, z]: [f64; 2]| {
        let at = [x / stretch, z];
        let of_w = VP * VP * stretch * (stretch - 1.0) / (OMEGA * OMEGA * stretch * stretch);
        (g(k, at) + of_w * bent(k, at, [0, 0]).1) / (VP * VP * stretch)
    };
    within(2e-3, "acoustic_vti", &value, &[("f", "q", &exact), ("f", "p", &|at| stretch * exact(at))]);
}

/// The particle velocity of a force: `i omega [g_s delta_ij / mu + d_i d_j (g_s - g_p) / (rho omega^2)]`, near field included. A
/// VTI medium without anisotropy is isotropic. The damping along the layers, which keeps them stable in time, returns the most.
///
/// # Source
/// Aki & Richards (2002), section 4.2, in two dimensions.
#[test]
fn elastic_waves() {
    let (kp, ks, mu) = (OMEGA / VP, OMEGA / VS, RHO * VS * VS);
    let exact = |at: [f64; 2], a: usize, b: usize| {
        let same = if a == b { g(ks, at) / mu } else { Complex64::ZERO };
        let apart = (bent(ks, at, [a, b]).1 - bent(kp, at, [a, b]).1) / (RHO * OMEGA * OMEGA);
        Complex64::new(0.0, OMEGA) * (same + apart)
    };
    let cases: [Case<'_>; 4] = [
        ("f_x", "v_x", &|at| exact(at, 0, 0)),
        ("f_x", "v_z", &|at| exact(at, 0, 1)),
        ("f_z", "v_x", &|at| exact(at, 1, 0)),
        ("f_z", "v_z", &|at| exact(at, 1, 1)),
    ];
    for name in ["elastic", "elastic_vti"] {
        within(3e-3, name, &medium, &cases);
    }
}

/// Attenuation with Q = 20 at 10 Hz: an acoustic wave of the complex modulus, from its definition by its values at the reference
/// frequency.
#[test]
fn attenuated_waves() {
    let (quality, rate, vp) = (20.0, TAU * 10.0, 1100.0);
    let value = |name: &str| match name {
        "vp" => vp,
        "rho" => RHO,
        "Q" => quality,
        _ => rate,
    };
    let relative = |omega: f64| {
        let i = Complex64::new(0.0, omega);
        1.0 + 2.0 / (quality - 1.0) * i / (i + rate)
    };
    let modulus = relative(OMEGA) * ((RHO / relative(rate)).sqrt().re * vp).powi(2);
    let k = OMEGA * (RHO / modulus).sqrt();
    let exact = |[x, z]: [f64; 2]| {
        let g = Complex64::new(0.0, -0.25) * hankel2_complex(k * x.hypot(z))[0];
        Complex64::new(0.0, OMEGA * RHO) / modulus * g
    };
    // A quarter of the wave is lost on the way: an error of 1 % of Q would be 3e-3.
    within(1e-3, "viscoacoustic", &value, &[("q", "p", &exact)]);
}
