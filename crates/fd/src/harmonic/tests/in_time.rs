//! The matrix against the spectra of waves in time.

use std::f64::consts::TAU;

use num_complex::Complex64;
use pde::{Dimension, System};

use super::media::{emitted, every_system, operator, points, properties, settings, smooth};
use crate::harmonic::{HarmonicOperator, Shot, Source};
use crate::program::{self, Propagator, Receivers};
use crate::time::{Mesh, Settings};

const STEP: f64 = 5e-4;
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

/// The time steps after which waves have left. Shear waves of the pseudo-acoustic VTI equations are slow, and so are short waves
/// along the bottom of water.
fn steps(system: &System, water: bool) -> usize {
    if system.name == "acoustic_vti" || water { 20_000 } else { 5000 }
}

/// 1 until most waves have left, then less and less: the shortest waves along the bottom of water, of 30 Hz, stand still.
fn faded(n: usize, steps: usize) -> f64 {
    let share = n.saturating_sub(5000) as f64 / (steps - 5000) as f64;
    (0.25 * TAU * share).cos().powi(2)
}

/// Where a field enters equations, whether all their unknowns are stepped after others.
fn enters_between(operator: &HarmonicOperator, given: usize) -> bool {
    let fields = operator.program.fields.iter().map(|v| &operator.program.variables[*v]);
    let equations = operator.reading.equations.iter().zip(fields);
    let entered = equations.filter(|(equation, _)| equation.entries.iter().any(|entry| entry.given == given));
    entered.map(|(_, variable)| variable).all(|variable| variable.between)
}

/// The largest difference of what receivers at every unknown record of every given field, over the largest value of the set.
///
/// A step of leapfrog makes of `i omega` the number `2 i/dt sin(omega dt / 2)`, so the matrix is taken at that frequency, and
/// what is given between samples is their mean, `cos(omega dt / 2)` times the sample. What remains of the step is
/// (omega dt)^2 / 8 of terms without derivatives and of layers, 3e-4 at most.
fn difference(system: &System, order: usize, surface: bool, water: bool) -> f64 {
    let mesh = Mesh::new(&[0.0; 2], &[10.0, 9.0], &[25, 29]).unwrap();
    let mut parameters = smooth(system, &mesh, 0.1);
    for (_, values) in parameters.iter_mut().filter(|(name, _)| water && name == "vs") {
        values[..9 * 29].fill(0.0);
    }
    let harmonic = settings(system, order, 12, surface);
    let in_time = Settings { order, dt: STEP, boundary: harmonic.boundary, threads: 1 };
    let medium = properties(system, &parameters);
    let propagator = Propagator::<f64>::new(system, &mesh, &in_time, &medium).unwrap();
    let (from, to) = (points(&mesh, 1, 5), points(&mesh, 3, 5000));
    let receivers = || -> Vec<Receivers<'_>> {
        system.unknowns.iter().map(|unknown| Receivers { unknown: &unknown.name, points: &to }).collect()
    };
    let steps = steps(system, water);
    let wavelet: Vec<f64> = (0..steps).map(|n| ricker(n as f64 * STEP)).collect();
    let evolutions = system.evolution().unwrap();
    let mut worst = 0.0_f64;
    let half = |frequency: f64| std::f64::consts::PI * frequency * STEP;
    let operators = FREQUENCIES
        .map(|frequency| operator(system, &mesh, &harmonic, &parameters, 2.0 / STEP * half(frequency).sin()));
    for given in emitted(system) {
        let sources = vec![program::Source::new(given, &from, &wavelet)];
        let shot = program::Shot { sources, receivers: receivers(), steps };
        let traces = propagator.forward(&shot).unwrap();
        let entered = system.given.iter().position(|symbol| symbol.name == given).unwrap();
        for (operator, frequency) in operators.iter().zip(FREQUENCIES) {
            let mean = if enters_between(operator, entered) { half(frequency).cos() } else { 1.0 };
            let amplitudes = [spectrum(&wavelet, 0.0, frequency) * mean];
            let sources = vec![Source { given, points: &from, amplitudes: &amplitudes }];
            let shots = [Shot { sources, receivers: receivers() }];
            let data = operator.record(&shots, &operator.solve(&shots).unwrap()).unwrap();
            for (unknown, (set, traces)) in data[0].iter().zip(&traces).enumerate() {
                // An unknown of first order that is stepped before the others lives half a step earlier.
                let between = operator.program.variables[operator.program.fields[unknown]].between;
                let first = evolutions.iter().any(|e| e.unknown == unknown && e.order == 1);
                let early = if first && !between { 0.5 } else { 0.0 };
                let fading = |trace: &[f64]| -> Vec<f64> {
                    trace
                        .iter()
                        .enumerate()
                        .map(|(n, v)| v * if water { faded(n, steps) } else { 1.0 })
                        .collect()
                };
                let expected: Vec<Complex64> =
                    traces.chunks(steps).map(|trace| spectrum(&fading(trace), early, frequency)).collect();
                let size = expected.iter().map(|d| d.norm()).fold(0.0, f64::max);
                let apart = set.iter().zip(&expected).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
                worst = worst.max(apart / size);
            }
        }
    }
    worst
}

/// A system given as text: acoustic waves with friction at half cells, and a memory that decays and enters an unknown that decays.
const TEXT: &str = "unknown v_x [m/s]\nunknown v_z [m/s]\nunknown r [Pa/s]\nunknown p [Pa]\n\
    parameter vp [m/s]\nparameter rho [kg/m^3]\nparameter loss [1/s]\nparameter bound [1/s]\ngiven q [Pa/s]\n\
    let kappa [Pa] = rho vp^2\nsurface r, p\n\
    dt(v_x) + loss v_x + (1/rho) dx(p) = 0\ndt(v_z) + loss v_z + (1/rho) dz(p) = 0\n\
    dt(r) + bound r + 0.2 bound kappa (dx(v_x) + dz(v_z)) = 0\n\
    dt(p) + 0.1 loss p + kappa (dx(v_x) + dz(v_z)) + r = q\n";

/// Every given field at every unknown, with layers on all sides and under a free surface, and elastic waves with water too: the
/// spectra of traces over those of wavelets are what the matrix gives.
#[test]
fn spectra_of_traces() {
    let text = System::parse("text", Dimension::Two, TEXT).unwrap();
    for system in every_system(&[Dimension::Two]).into_iter().chain([text]) {
        for (order, surface) in [(4, false), (8, true)] {
            for water in [false, true].into_iter().take(1 + usize::from(system.name == "elastic")) {
                let worst = difference(&system, order, surface, water);
                let case = format!("{} order {order} surface {surface} water {water}", system.name);
                println!("{case}: {worst:.1e}");
                assert!(worst < 3e-4, "{case}: {worst:e}");
            }
        }
    }
}
