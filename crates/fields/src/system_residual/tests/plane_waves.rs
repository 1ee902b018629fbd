//! Plane waves in uniform media, which solve the systems exactly.

use num_complex::Complex64;
use pde::{Axis, MultiIndex, System};

use super::{OMEGA, UNITS, every_system, medium, mutations};
use crate::system_residual::{SystemResidual, SystemScaling};
use crate::{Evaluation, RealWavefield, Wavefield};

/// The matrix of a system for plane waves in its time-harmonic form.
fn matrix(system: &System, k: &[Complex64]) -> Vec<Vec<Complex64>> {
    system.plane_wave(&medium, OMEGA.into(), k).unwrap()
}

/// Gaussian elimination with pivots: the determinant, and the solution of `a x = b`.
fn solve(mut a: Vec<Vec<Complex64>>, mut b: Vec<Complex64>) -> (Complex64, Vec<Complex64>) {
    let n = a.len();
    let mut determinant = Complex64::ONE;
    for c in 0..n {
        let best = (c..n).max_by(|i, j| a[*i][c].norm().total_cmp(&a[*j][c].norm())).unwrap();
        if best != c {
            a.swap(c, best);
            b.swap(c, best);
            determinant = -determinant;
        }
        determinant *= a[c][c];
        for i in c + 1..n {
            let factor = a[i][c] / a[c][c];
            for j in c..n {
                let above = a[c][j];
                a[i][j] -= factor * above;
            }
            let above = b[c];
            b[i] -= factor * above;
        }
    }
    for i in (0..n).rev() {
        let known: Complex64 = (i + 1..n).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    (determinant, b)
}

/// A plane wave: its wave vector, and the amplitude of each unknown.
struct Wave {
    k: Vec<Complex64>,
    amplitudes: Vec<Complex64>,
}

/// The wave in a direction whose slowness is found from a first guess: Newton's method by secants on the determinant of the
/// matrix, whose rows and columns are scaled by `rows` and `columns`.
fn wave(system: &System, direction: &[f64], guess: f64, [rows, columns]: [&[f64]; 2]) -> Option<Wave> {
    let k =
        |slowness: Complex64| -> Vec<Complex64> { direction.iter().map(|d| slowness * OMEGA * *d).collect() };
    let scaled = |slowness: Complex64| -> Vec<Vec<Complex64>> {
        let row = |(row, r): (Vec<Complex64>, &f64)| {
            row.into_iter().zip(columns).map(|(value, c)| value * (r * c)).collect()
        };
        matrix(system, &k(slowness)).into_iter().zip(rows).map(row).collect()
    };
    let ones = vec![Complex64::ONE; rows.len()];
    let determinant = |slowness: Complex64| solve(scaled(slowness), ones.clone()).0;
    let (mut a, mut b) = (Complex64::from(guess), Complex64::new(1.01 * guess, 0.01 * guess));
    let (mut at_a, mut at_b) = (determinant(a), determinant(b));
    for _ in 0..60 {
        let step = at_b * (b - a) / (at_b - at_a);
        if !step.is_finite() || step.norm() < 1e-15 * b.norm() {
            break;
        }
        (a, at_a, b) = (b, at_b, b - step);
        at_b = determinant(b);
    }
    // The wave is what the matrix nearly maps to zero; the shift keeps the elimination finite.
    let mut shifted = scaled(b);
    (0..rows.len()).for_each(|i| shifted[i][i] += 1e-13);
    let mut x = ones;
    for _ in 0..3 {
        x = solve(shifted.clone(), x).1;
        let largest = x.iter().fold(0.0_f64, |largest, value| largest.max(value.norm()));
        x.iter_mut().for_each(|value| *value /= largest);
    }
    let left =
        scaled(b).into_iter().map(|row| row.iter().zip(&x).map(|(a, x)| a * x).sum::<Complex64>().norm());
    let converged = left.fold(0.0, f64::max) < 1e-9 && b.norm() > 0.1 * guess;
    let amplitudes = x.iter().zip(columns).map(|(x, c)| x * *c).collect();
    converged.then(|| Wave { k: k(b), amplitudes })
}

/// How a system is read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reading {
    InTime,
    Harmonic,
    /// At a frequency, inside an absorbing layer.
    Layer,
}

impl Reading {
    fn of(self, system: &System) -> SystemResidual {
        let read = match self {
            Self::InTime => system.clone(),
            Self::Harmonic => system.harmonic().unwrap(),
            Self::Layer => system.harmonic().unwrap().stretched().unwrap(),
        };
        SystemResidual::new(&read).unwrap()
    }

    /// The factor e of the stretch at a coordinate, its derivative, and the stretched coordinate, which is its integral.
    fn stretch(self, a: f64) -> [Complex64; 3] {
        if self != Self::Layer {
            return [1.0.into(), 0.0.into(), a.into()];
        }
        let i = Complex64::I;
        [1.0 + 0.3 * a - 0.2 * i * a * a, 0.3 - 0.4 * i * a, a + 0.15 * a * a - 0.2 * i * a * a * a / 3.0]
    }
}

/// The points at which waves are looked at, in units of the network; in time the phases differ.
const POINTS: [[f64; 4]; 2] = [[0.37, 0.81, -0.52, 0.23], [-0.74, 0.28, 0.65, 0.87]];

/// The largest residual of a wave at a point, relative to the largest output for an unknown.
fn residual(
    (read, reading): (&SystemResidual, Reading),
    scaling: &SystemScaling,
    wave: &Wave,
    point: [f64; 4],
) -> f64 {
    let (axes, order, unknowns) = (read.axes(), read.order(), read.unknowns());
    let point = &point[..axes.len()];
    // Along each coordinate the phase, the first derivative over the field, and the derivative of that.
    let along = |(place, axis): (usize, &Axis)| match axis {
        Axis::T => {
            let rate = Complex64::I * OMEGA * UNITS[1];
            [rate * point[place], rate, Complex64::ZERO]
        }
        _ => {
            let [e, change, stretched] = reading.stretch(point[place]);
            [stretched, e, change].map(|factor| -Complex64::I * wave.k[place] * UNITS[0] * factor)
        }
    };
    let along: Vec<[Complex64; 3]> = axes.iter().enumerate().map(along).collect();
    let field: Complex64 = along.iter().map(|[phase, ..]| *phase).sum::<Complex64>().exp();
    let second = |[i, j]: [usize; 2]| {
        let change = if i == j { along[i][2] } else { Complex64::ZERO };
        along[i][1] * along[j][1] + change
    };
    let mut values = Vec::new();
    for stream in 0..order.streams(axes.len()) {
        let rate: Complex64 = match stream {
            0 => Complex64::ONE,
            s if s <= axes.len() => along[s - 1][1],
            s => order.partials(axes.len(), s).map(second).sum(),
        };
        for (amplitude, scale) in wave.amplitudes.iter().zip(&scaling.unknowns) {
            let value = amplitude / scale * rate * field;
            values.push(value.re as f32);
            if read.is_complex() {
                values.push(value.im as f32);
            }
        }
    }
    let at: Vec<f64> =
        axes.iter().zip(point).map(|(axis, x)| x * UNITS[usize::from(*axis == Axis::T)]).collect();
    let given = |_: usize, name: &str, derivative: &MultiIndex, at: &[f64]| {
        if let Some(letter) = name.strip_prefix("e_") {
            let place = axes.iter().position(|axis| letter.starts_with(axis.letter()))?;
            let [e, change, _] = reading.stretch(at[place] / UNITS[0]);
            return Some(if derivative.is_zero() { e } else { change / UNITS[0] });
        }
        let number = if derivative.is_zero() { medium(name).unwrap_or_default() } else { 0.0 };
        Some(Complex64::from(number))
    };
    let points = match at[..] {
        [a] => read.at(&[[a]], 1, scaling, given),
        [a, b] => read.at(&[[a, b]], 1, scaling, given),
        [a, b, c] => read.at(&[[a, b, c]], 1, scaling, given),
        _ => read.at(&[[at[0], at[1], at[2], at[3]]], 1, scaling, given),
    }
    .unwrap();
    let parameters: Vec<Vec<f64>> = (read.partials().iter())
        .map(|(name, derivative)| vec![if derivative.is_zero() { medium(name).unwrap() } else { 0.0 }])
        .collect();
    let coefficients = points.coefficients(&parameters);
    let channels = values.len() / order.streams(axes.len());
    let u = Evaluation::of_values(values, 1, channels);
    let r = match read.is_complex() {
        true => coefficients.residual(&u, Wavefield { first: 0, sources: unknowns, scale: 1.0 }),
        false => coefficients.residual(&u, RealWavefield { first: 0, sources: unknowns, scale: 1.0 }),
    };
    let size = wave.amplitudes.iter().zip(&scaling.unknowns).map(|(a, scale)| (a / scale).norm());
    let size = size.fold(0.0, f64::max) * field.norm();
    r.iter().fold(0.0, |largest, r| largest.max(f64::from(r[0].norm()) / size))
}

/// Directions with all components different.
fn directions(system: &System) -> [Vec<f64>; 2] {
    [[0.6, 0.48, 0.64], [0.8, 0.36, 0.48]].map(|direction| match system.dimension.axes().len() {
        1 => vec![1.0],
        2 => vec![f64::hypot(direction[0], direction[1]), direction[2]],
        _ => direction.to_vec(),
    })
}

/// The waves of every system solve it, in time, at a frequency and inside an absorbing layer, also those that decay; they do not
/// solve a system with a coefficient that is 1 % too large. The tolerance is the rounding of jets and coefficients, 6e-8 each, of up to five terms
/// whose factors are 1 at most, times derivatives of up to (omega T)^2 or (k L)^2 = 3.
#[test]
fn plane_waves_solve_the_systems() {
    for system in every_system() {
        let name = format!("{} {:?}", system.name, system.dimension);
        let scaling = Reading::Harmonic.of(&system).balanced(UNITS, (0, 1.0), &medium).unwrap();
        let number = |name: &str| if name.starts_with("e_") { Some(1.0) } else { medium(name) };
        let velocities = system.parameters.iter().filter(|parameter| parameter.unit == "m/s");
        let guesses: Vec<f64> = velocities
            .flat_map(|parameter| [0.9, 1.05].map(|f| f / medium(&parameter.name).unwrap()))
            .collect();
        let scales = [&scaling.residuals[..], &scaling.unknowns[..]];
        let waves: Vec<Wave> = directions(&system)
            .iter()
            .flat_map(|direction| guesses.iter().filter_map(|guess| wave(&system, direction, *guess, scales)))
            .collect();
        assert!(waves.len() >= 2, "{name}: {} waves", waves.len());
        for reading in [Reading::InTime, Reading::Harmonic, Reading::Layer] {
            let scaling = reading.of(&system).balanced(UNITS, (0, 1.0), &number).unwrap();
            let worst = |system: &System| {
                let read = reading.of(system);
                let of_wave = |wave| POINTS.map(|point| residual((&read, reading), &scaling, wave, point));
                waves.iter().flat_map(of_wave).fold(0.0, f64::max)
            };
            let right = worst(&system);
            assert!(right < 1e-6, "{name} {reading:?}: {right:e}");
            // There are no sources, whose factors do not matter.
            let no_source = |what: &String| {
                let mut fields = system.given.iter().filter(|given| !given.depends_on.is_empty());
                !fields.any(|given| what.starts_with(&format!("`-{}`", given.name)))
            };
            for (what, wrong) in mutations(&system).into_iter().filter(|(what, _)| no_source(what)) {
                let wrong = worst(&wrong);
                assert!(wrong > 2e-5, "{name} {reading:?}: {what} is 1 % larger: {wrong:e}");
            }
        }
    }
}
