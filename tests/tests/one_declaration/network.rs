//! What networks read: residuals from jets, in single precision.

use fields::{Evaluation, JetOrder, RealWavefield, SystemResidual, Wavefield};
use num_complex::Complex64;
use pde::{Axis, MultiIndex, System};

use super::manufactured::{LENGTHS, Manufactured, OMEGA, UNITS};

const POINTS: usize = 6;

/// The largest residual of the manufactured fields at some points, in an equation relative to what it has without sources. `read`
/// is the system that is read, `harmonic` at the frequency.
pub(super) fn network(case: &Manufactured, read: &System, harmonic: bool) -> f64 {
    let driven = case.driven(read);
    let driven = if harmonic { driven.harmonic().unwrap() } else { driven };
    let residual = SystemResidual::new(&driven).unwrap();
    match residual.axes().len() {
        1 => largest::<1>(case, &residual),
        2 => largest::<2>(case, &residual),
        3 => largest::<3>(case, &residual),
        _ => largest::<4>(case, &residual),
    }
}

fn largest<const D: usize>(case: &Manufactured, residual: &SystemResidual) -> f64 {
    let (axes, order, harmonic) = (residual.axes(), residual.order(), residual.is_complex());
    let dims = case.axes().len();
    let coordinate = |p: usize, place: usize| {
        let share = 0.13 + 0.17 * p as f64 + 0.29 * ((p * (place + 2)) % 5) as f64;
        share * if axes[place] == Axis::T { 6.0 / OMEGA } else { LENGTHS[axes[place] as usize] }
    };
    let points: Vec<[f64; D]> =
        (0..POINTS).map(|p| std::array::from_fn(|place| coordinate(p, place))).collect();
    let value = |name: &str, derivative: &MultiIndex, at: &[f64]| match harmonic {
        true => case.amplitude(name, derivative, at),
        false => case.at(name, derivative, &at[..dims], at[dims]),
    };
    let unit = |axis: Axis| UNITS[usize::from(axis == Axis::T)];
    let mut values = Vec::new();
    for stream in 0..order.streams(D) {
        for point in &points {
            for (symbol, scale) in case.system.unknowns.iter().zip(&case.scaling.unknowns) {
                let partial = |along: &Vec<usize>| {
                    let derivative = along.iter().fold(MultiIndex::ZERO, |all, place| all.with(axes[*place]));
                    let units: f64 = derivative.axes().map(unit).product();
                    value(&symbol.name, &derivative, point).unwrap() * units / scale
                };
                let value: Complex64 = partials(order, D, stream).iter().map(partial).sum();
                values.push(value.re as f32);
                if harmonic {
                    values.push(value.im as f32);
                }
            }
        }
    }
    let given = |_: usize, name: &str, derivative: &MultiIndex, at: &[f64]| {
        // Parameters come from the lists below.
        let parameter = case.system.parameters.iter().any(|parameter| parameter.name == name);
        if parameter { None } else { value(name, derivative, at) }
    };
    let prepared = residual.at(&points, 1, &case.scaling, given).unwrap();
    let parameters: Vec<Vec<f64>> = (residual.partials().iter())
        .map(|(name, derivative)| points.iter().map(|at| value(name, derivative, at).unwrap().re).collect())
        .collect();
    let coefficients = prepared.coefficients(&parameters);
    let sources = case.system.unknowns.len();
    let u = Evaluation::of_values(values, POINTS, residual.outputs(1));
    let found = match harmonic {
        true => coefficients.residual(&u, Wavefield { first: 0, sources, scale: 1.0 }),
        false => coefficients.residual(&u, RealWavefield { first: 0, sources, scale: 1.0 }),
    };
    let of_equation = |(equation, found): (usize, &Vec<num_complex::Complex32>)| {
        let size = |at: &[f64; D]| (case.left(equation, at) * case.scaling.residuals[equation]).norm();
        let largest = found.iter().fold(0.0, |largest, r| f64::from(r.norm()).max(largest));
        largest / points.iter().map(size).fold(0.0, f64::max)
    };
    found.iter().enumerate().map(of_equation).fold(0.0, f64::max)
}

/// The partial derivatives whose sum a stream of a jet is, each as the coordinates that it is taken along.
fn partials(order: JetOrder, inputs: usize, stream: usize) -> Vec<Vec<usize>> {
    let pairs = (0..inputs).flat_map(|i| (i..inputs).map(move |j| vec![i, j]));
    let single = std::iter::once(Vec::new()).chain((0..inputs).map(|i| vec![i]));
    let own: Vec<Vec<usize>> =
        single.chain(pairs).filter(|along| order.stream(inputs, along) == Some(stream)).collect();
    if !own.is_empty() {
        return own;
    }
    // The Laplacian, whose terms have no streams.
    let squares = (0..inputs).map(|i| vec![i, i]);
    squares.filter(|along| order.stream(inputs, along).is_none()).collect()
}
