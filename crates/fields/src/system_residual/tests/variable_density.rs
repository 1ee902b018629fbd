//! Exact waves in a medium whose density grows exponentially.
//!
//! With rho = rho0 exp(2 a x) and uniform vp, p = exp(a x) exp(i (omega t - K x)) solves the acoustic equations if
//! K^2 = (omega / vp)^2 - a^2; then rho dv/dt = -grad p gives v.

use num_complex::Complex64;
use pde::{Axis, Dimension, MultiIndex, System, systems};

use super::{OMEGA, UNITS, medium, own_systems};
use crate::system_residual::SystemResidual;
use crate::{Evaluation, RealWavefield, Wavefield};

/// a, 1/m.
const GROWTH: [f64; 2] = [6e-3, -4e-3];
const POINT: [f64; 2] = [31.0, -17.0];

/// The largest residual at a point, relative to the largest term of its equation; `vp` and the derivatives of `rho` that the
/// residual reads are multiplied by `factors`.
fn residual(system: &System, [of_vp, of_slopes]: [f64; 2]) -> f64 {
    let (vp, rho) = (medium("vp").unwrap(), medium("rho").unwrap());
    let growth: f64 = (0..2).map(|axis| 2.0 * GROWTH[axis] * POINT[axis]).sum();
    let rho = rho * growth.exp();
    let size = ((OMEGA / vp).powi(2) - GROWTH.iter().map(|a| a * a).sum::<f64>()).sqrt();
    // p and v vary as exp(kappa x).
    let of_p = [0, 1].map(|axis| Complex64::new(GROWTH[axis], -size * [0.6, 0.8][axis]));
    let of_v = [0, 1].map(|axis| of_p[axis] - 2.0 * GROWTH[axis]);
    let i_omega = Complex64::I * OMEGA;
    let fields: Vec<(Complex64, [Complex64; 2])> = (system.unknowns.iter())
        .map(|unknown| match unknown.name.as_str() {
            "p" => (Complex64::ONE, of_p),
            "v_x" => (-of_p[0] / (i_omega * rho), of_v),
            _ => (-of_p[1] / (i_omega * rho), of_v),
        })
        .collect();
    let read = SystemResidual::new(system).unwrap();
    let scaling = read.balanced(UNITS, (0, fields[0].0.norm()), &medium).unwrap();
    let (axes, order) = (read.axes(), read.order());
    let mut values = Vec::new();
    for stream in 0..order.streams(axes.len()) {
        for ((amplitude, kappa), scale) in fields.iter().zip(&scaling.unknowns) {
            let rate = |axis: usize| match axes[axis] {
                Axis::T => i_omega * UNITS[1],
                _ => kappa[axis] * UNITS[0],
            };
            let derivative: Complex64 = match stream {
                0 => Complex64::ONE,
                s if s <= axes.len() => rate(s - 1),
                s => order.partials(axes.len(), s).map(|[i, j]| rate(i) * rate(j)).sum(),
            };
            // A phase at which no field is zero in time.
            let value = amplitude / scale * derivative * Complex64::from_polar(1.0, 0.7);
            values.push(value.re as f32);
            if read.is_complex() {
                values.push(value.im as f32);
            }
        }
    }
    let given =
        |_: usize, name: &str, _: &MultiIndex, _: &[f64]| Some(medium(name).unwrap_or_default().into());
    let points = match axes.len() {
        2 => read.at(&[POINT], 1, &scaling, given),
        _ => read.at(&[[POINT[0], POINT[1], 0.0]], 1, &scaling, given),
    }
    .unwrap();
    let parameters: Vec<Vec<f64>> = (read.partials().iter())
        .map(|(name, derivative)| {
            let along = derivative.axes().next().map(|axis| usize::from(axis == Axis::Z));
            vec![match (name.as_str(), along) {
                ("vp", None) => of_vp * vp,
                ("rho", None) => rho,
                ("rho", Some(axis)) => of_slopes * 2.0 * GROWTH[axis] * rho,
                other => panic!("{other:?}"),
            }]
        })
        .collect();
    let coefficients = points.coefficients(&parameters);
    let channels = values.len() / order.streams(axes.len());
    let u = Evaluation::of_values(values, 1, channels);
    let r = match read.is_complex() {
        true => coefficients.residual(&u, Wavefield { first: 0, sources: fields.len(), scale: 1.0 }),
        false => coefficients.residual(&u, RealWavefield { first: 0, sources: fields.len(), scale: 1.0 }),
    };
    let outputs = fields.iter().zip(&scaling.unknowns).map(|((a, _), scale)| (a / scale).norm());
    let size = outputs.fold(0.0, f64::max);
    r.iter().fold(0.0, |largest, r| largest.max(f64::from(r[0].norm()) / size))
}

/// The exact waves solve the equations with one unknown and with three, in time and at a frequency, to the rounding of single
/// precision; with a velocity or, where it is read, a slope of the density that is 1 % wrong they do not.
#[test]
fn waves_in_growing_density() {
    let row = systems().iter().find(|row| row.name == "acoustic_density").unwrap();
    let three = (row.declare)(Dimension::Two).unwrap();
    let [_, one] = own_systems();
    for (system, reads_slopes) in [(three, false), (one, true)] {
        for system in [system.harmonic().unwrap(), system] {
            let right = residual(&system, [1.0, 1.0]);
            assert!(right < 1e-6, "{}: {right:e}", system.name);
            let vp = residual(&system, [1.01, 1.0]);
            assert!(vp > 1e-3, "{}: vp: {vp:e}", system.name);
            let slopes = residual(&system, [1.0, 1.01]);
            assert_eq!(slopes > 1e-4, reads_slopes, "{}: {slopes:e}", system.name);
        }
    }
}
