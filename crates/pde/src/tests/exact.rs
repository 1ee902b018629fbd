//! Exact solutions: plane waves, and manufactured solutions with a hand-written operator.

use num_complex::Complex64;

use crate::tests::every_equation;
use crate::tests::smooth::{Smooth, points};
use crate::{Axis, Environment, Equation, MultiIndex, centred, linear_form};

const I: Complex64 = Complex64::I;
const OMEGA: f64 = 1.7;
const DENSITY: f64 = 2.3;

/// The direction of propagation, of unit length in every dimension.
fn direction(equation: &Equation) -> Vec<f64> {
    let n = equation.dimension.axes().len();
    let raw: Vec<f64> = (0..n).map(|k| 1.0 + 0.4 * k as f64).collect();
    let length = raw.iter().map(|c| c * c).sum::<f64>().sqrt();
    raw.into_iter().map(|c| c / length).collect()
}

/// The PML stretch `e = 1 + 0.3 a - 0.2 i a^2`, its derivative, and the stretched coordinate, its integral.
fn stretch(a: f64) -> [Complex64; 3] {
    [1.0 + 0.3 * a - 0.2 * I * a * a, 0.3 - 0.4 * I * a, a + 0.15 * a * a - 0.2 * I * a * a * a / 3.0]
}

/// A plane wave `exp(i omega t - i k . stretched x)` of any partial derivative up to the second along an axis.
fn plane_wave(equation: &Equation, m: f64, derivative: MultiIndex, at: &[f64]) -> Complex64 {
    let stretched = equation.symbols().iter().any(|symbol| symbol.name.starts_with("e_"));
    let direction = direction(equation);
    let mut value = Complex64::ONE;
    for (k, &axis) in equation.axes().iter().enumerate() {
        let (phase, rate, change) = if axis == Axis::T {
            (I * OMEGA * at[k], I * OMEGA, Complex64::ZERO)
        } else {
            let [e, de, x] = if stretched { stretch(at[k]) } else { [1.0.into(), 0.0.into(), at[k].into()] };
            let minus_ik = -I * OMEGA * m.sqrt() * direction[k];
            (minus_ik * x, minus_ik * e, minus_ik * de)
        };
        value *= phase.exp();
        value *= match derivative.count(axis) {
            0 => Complex64::ONE,
            1 => rate,
            2 => rate * rate + change,
            more => unreachable!("a wave equation is of second order, found {more}"),
        };
    }
    value
}

/// The value of every symbol for a plane wave in a uniform medium of squared slowness `m`.
fn uniform(equation: &Equation, m: f64) -> impl Environment {
    let equation = equation.clone();
    let m0 = 0.8;
    let scattered = equation.symbols().iter().any(|symbol| symbol.name == "u0");
    move |symbol: &str, derivative: &MultiIndex, at: &[f64]| -> Option<Complex64> {
        let still = |value: f64| Some(if derivative.is_zero() { value } else { 0.0 }.into());
        match symbol {
            "u" if scattered => {
                Some(plane_wave(&equation, m, *derivative, at) - plane_wave(&equation, m0, *derivative, at))
            }
            "u" => Some(plane_wave(&equation, m, *derivative, at)),
            "u0" => Some(plane_wave(&equation, m0, *derivative, at)),
            "m" => still(m),
            "m0" => still(m0),
            "omega" => still(OMEGA),
            "rho" => still(DENSITY),
            "f" => still(0.0),
            _ => {
                let axis = Axis::from_letter(symbol.strip_prefix("e_")?.chars().next()?)?;
                let k = equation.axes().iter().position(|&known| known == axis)?;
                stretch(at[k]).get(derivative.order()).copied()
            }
        }
    }
}

/// The size of the terms that must cancel.
fn scale(equation: &Equation, env: &dyn Environment, at: &[f64]) -> f64 {
    let form = linear_form(equation).unwrap();
    let term = |(derivative, c): &(MultiIndex, crate::Expr)| {
        (c.eval(env, at).unwrap() * env.value(&equation.unknown.name, derivative, at).unwrap()).norm()
    };
    form.terms.iter().map(term).sum::<f64>() + form.rest.eval(env, at).unwrap().norm()
}

/// A plane wave with |k|^2 = omega^2 m in stretched coordinates solves every equation, also inside the PML: the terms
/// cancel to rounding. They no longer cancel when `m` is wrong by 1 %.
#[test]
fn plane_waves_obey_the_dispersion_relation() {
    for equation in every_equation() {
        for at in
            points(equation.axes()).iter().map(|point| point.iter().map(|a| 0.3 * a).collect::<Vec<_>>())
        {
            let right = uniform(&equation, 1.2);
            let wrong = |symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                right
                    .value(symbol, derivative, at)
                    .map(|value| if symbol == "m" { value * 1.01 } else { value })
            };
            let size = scale(&equation, &right, &at);
            let residual = |env: &dyn Environment| equation.residual.eval(env, &at).unwrap().norm() / size;
            assert!(
                residual(&right) < 1e-13,
                "{} {:?}: {}",
                equation.name,
                equation.dimension,
                residual(&right)
            );
            assert!(
                residual(&wrong) > 1e-4,
                "{} {:?}: {}",
                equation.name,
                equation.dimension,
                residual(&wrong)
            );
        }
    }
}

/// The derivative of order 1 or 2 along axis `k`, by an eighth-order stencil.
fn numerical(order: usize, k: usize, at: &[f64], f: &dyn Fn(&[f64]) -> Complex64) -> Complex64 {
    let h = 0.02;
    centred(order, 8).apply(h, |offset| {
        let mut point = at.to_vec();
        point[k] += offset * h;
        f(&point)
    })
}

/// `sum_a d/da [(J / (e_a^2 rho)) du/da] + (J m / rho) (omega^2 u or -d2u/dt2)`, from values alone. Symbols that the
/// equation does not have are 1.
fn by_hand(equation: &Equation, env: &dyn Environment, at: &[f64]) -> Complex64 {
    let or_one = |name: &str, at: &[f64]| env.value(name, &MultiIndex::ZERO, at).unwrap_or(Complex64::ONE);
    let axes = equation.dimension.axes();
    let stretch = |axis: Axis, at: &[f64]| or_one(&format!("e_{}", axis.letter()), at);
    let volume = |at: &[f64]| axes.iter().map(|&axis| stretch(axis, at)).product::<Complex64>();
    let u = |at: &[f64]| or_one("u", at);
    let divergence: Complex64 = (0..axes.len())
        .map(|k| {
            let flux = |at: &[f64]| {
                volume(at) / (stretch(axes[k], at).powi(2) * or_one("rho", at)) * numerical(1, k, at, &u)
            };
            numerical(1, k, at, &flux)
        })
        .sum();
    let acceleration = if equation.in_time() {
        -numerical(2, axes.len(), at, &u)
    } else {
        or_one("omega", at).powi(2) * u(at)
    };
    divergence + volume(at) * or_one("m", at) / or_one("rho", at) * acceleration
}

/// Manufactured solution: an arbitrary field in an arbitrary medium solves the equation if the source is computed by
/// a hand-written operator. Tolerance: rounding, 1e-16 / 0.02^2 times the weights and the dimension; the truncation
/// error, 0.04^8, is smaller.
#[test]
fn manufactured_solutions_solve_their_equation() {
    for equation in every_equation() {
        let smooth = Smooth::new(equation.axes(), [&equation.residual]);
        for at in points(equation.axes()) {
            let wave = by_hand(&equation, &smooth, &at);
            let forced = |symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                let value = |name: &str| smooth.value(name, &MultiIndex::ZERO, at);
                match symbol {
                    "f" if equation.in_time() => Some(-wave),
                    "f" => Some(wave),
                    "u0" if equation.in_time() => Some(wave / (value("m")? - value("m0")?)),
                    "u0" => {
                        let volume: Complex64 = equation
                            .symbols()
                            .iter()
                            .filter(|s| s.name.starts_with("e_"))
                            .map(|s| value(&s.name).unwrap())
                            .product();
                        Some(-wave / (volume * value("omega")?.powi(2) * (value("m")? - value("m0")?)))
                    }
                    _ => smooth.value(symbol, derivative, at),
                }
            };
            let size = 1.0 + scale(&equation, &forced, &at);
            let residual = equation.residual.eval(&forced, &at).unwrap().norm() / size;
            assert!(residual < 1e-10, "{} {:?}: {residual}", equation.name, equation.dimension);
        }
    }
}
