//! The matrix against the spectra of waves in time.

use std::f64::consts::TAU;

use num_complex::Complex64;
use pde::{Dimension, System};

use super::media::{emitted, every_system, operator, points, properties, rough, settings};
use crate::harmonic::{Shot, Source};
use crate::program::{self, Propagator, Receivers};
use crate::time::{Mesh, Settings};

const STEP: f64 = 5e-4;
/// 20 s: shear waves of the pseudo-acoustic VTI equations are slow.
const STEPS: usize = 40_000;
const FREQUENCIES: [f64; 2] = [9.0, 16.0];

fn ricker(t: f64) -> f64 {
    let a = (std::f64::consts::PI * (12.0 * t - 1.5)).powi(2);
    (1.0 - 2.0 * a) * (-a).exp()
}

/// The spectrum of samples at times `(n - early) dt`.
fn spectrum(samples: &[f64], early: f64, frequency: f64) -> Complex64 {
    let at = |(n, s): (usize, &f64)| s * Complex64::cis(-TAU * frequency * (n as f64 - early) * STEP);
    samples.iter().enumerate().map(at).sum::<Complex64>() * STEP
}

/// The largest difference of what receivers at every unknown record of every given field, over the largest value of the set.
///
/// A step of leapfrog makes of `i omega` the number `2 i/dt sin(omega dt / 2)`, so the matrix is taken at that frequency, and
/// what is given between samples is their mean, `cos(omega dt / 2)` times the sample. What remains of the step is
/// (omega dt)^2 / 12 of terms without derivatives and of layers, 2e-4 at most.
fn difference(system: &System, order: usize, surface: bool) -> f64 {
    let mesh = Mesh::new(&[0.0; 2], &[10.0, 9.0], &[25, 29]).unwrap();
    let parameters = rough(system, &mesh, 0.1);
    let harmonic = settings(system, order, 12, surface);
    let in_time = Settings { order, dt: STEP, boundary: harmonic.boundary, threads: 1 };
    let medium = properties(system, &parameters);
    let propagator = Propagator::<f64>::new(system, &mesh, &in_time, &medium, &[]).unwrap();
    let (from, to) = (points(&mesh, 1, 5), points(&mesh, 3, 5000));
    let receivers = || -> Vec<Receivers<'_>> {
        system.unknowns.iter().map(|unknown| Receivers { unknown: &unknown.name, points: &to }).collect()
    };
    let wavelet: Vec<f64> = (0..STEPS).map(|n| ricker(n as f64 * STEP)).collect();
    let mut worst = 0.0_f64;
    for frequency in FREQUENCIES {
        let half = std::f64::consts::PI * frequency * STEP;
        let operator = operator(system, &mesh, &harmonic, &parameters, 2.0 / STEP * half.sin());
        for given in emitted(system) {
            let entered = system.given.iter().position(|symbol| symbol.name == given).unwrap();
            let between = (operator.reading.equations.iter().zip(&operator.program.fields))
                .filter(|(equation, _)| equation.entries.iter().any(|entry| entry.given == entered))
                .all(|(_, v)| operator.program.variables[*v].between);
            let amplitudes = [spectrum(&wavelet, 0.0, frequency) * if between { half.cos() } else { 1.0 }];
            let sources = vec![Source { given, points: &from, amplitudes: &amplitudes }];
            let shots = [Shot { sources, receivers: receivers() }];
            let data = operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap();
            let sources = vec![program::Source { given, points: &from, wavelets: &wavelet }];
            let shot = program::Shot { sources, receivers: receivers(), steps: STEPS };
            let traces = propagator.forward(&shot).unwrap();
            for ((set, traces), symbol) in data[0].iter().zip(&traces).zip(&system.unknowns) {
                let unknown = system.unknown(&symbol.name).unwrap();
                let first = operator.program.variables[operator.program.fields[unknown]].between;
                let order = system.evolution().unwrap().iter().find(|e| e.unknown == unknown).unwrap().order;
                // An unknown of first order that is stepped before the others lives half a step earlier.
                let early = if order == 1 && !first { 0.5 } else { 0.0 };
                let expected: Vec<Complex64> =
                    traces.chunks(STEPS).map(|trace| spectrum(trace, early, frequency)).collect();
                let size = expected.iter().map(|d| d.norm()).fold(0.0, f64::max);
                let apart = set.iter().zip(&expected).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
                let case = format!("{} {frequency} {given} {}", system.name, symbol.name);
                println!("{case}, order {order}, surface {surface}: {:.1e}", apart / size);
                worst = worst.max(apart / size);
            }
        }
    }
    worst
}

/// Every given field at every unknown, with layers on all sides and under a free surface: P(f) / S(f) of traces to 1e-3.
#[test]
fn spectra_of_traces() {
    for system in every_system(&[Dimension::Two]) {
        for (order, surface) in [(4, false), (8, true)] {
            let worst = difference(&system, order, surface);
            println!("{} order {order} surface {surface}: {worst:.1e}", system.name);
            assert!(worst < 1e-3, "{} {order} {surface}: {worst:e}", system.name);
        }
    }
}
