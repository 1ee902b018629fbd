//! Readings compared with one another, for every equation.

use num_complex::Complex64;

use crate::tests::every_equation;
use crate::tests::smooth::{Smooth, periodic_mean, points};
use crate::{
    Environment, Equation, Expr, LinearForm, MultiIndex, PdeError, SplitEnvironment, adjoint, linear_form,
    linearise, perturb, sensitivity_kernel, split_complex,
};

fn close(found: Complex64, expected: Complex64, tolerance: f64, what: &str) {
    let scale = 1.0 + expected.norm();
    assert!((found - expected).norm() <= tolerance * scale, "{what}: found {found}, expected {expected}");
}

fn label(equation: &Equation) -> String {
    format!("{} {:?}", equation.name, equation.dimension)
}

/// The part of a linear form that contains the symbol.
fn act(form: &LinearForm, symbol: &str, env: &dyn Environment, at: &[f64]) -> Complex64 {
    let term = |(derivative, coefficient): &(MultiIndex, Expr)| {
        coefficient.eval(env, at).unwrap() * env.value(symbol, derivative, at).unwrap()
    };
    form.terms.iter().map(term).sum()
}

/// R = sum_a c_a d^a u + rest equals its expansion, and Re R and Im R are the two halves of the split.
#[test]
fn readings_have_the_same_value() {
    for equation in every_equation() {
        let env = Smooth::new(equation.axes(), [&equation.residual]);
        let form = linear_form(&equation).unwrap();
        let split = split_complex(&equation);
        assert!(form.terms.iter().all(|(_, c)| !c.contains(&equation.unknown.name)));
        assert!(
            [&split.re, &split.im].iter().all(|part| part.symbols().iter().all(|symbol| !symbol.complex))
        );
        for at in points(equation.axes()) {
            let value = equation.residual.eval(&env, &at).unwrap();
            let summed = act(&form, "u", &env, &at) + form.rest.eval(&env, &at).unwrap();
            close(summed, value, 1e-13, &label(&equation));
            close(equation.residual.expand().eval(&env, &at).unwrap(), value, 1e-13, &label(&equation));
            let halves = SplitEnvironment(&env);
            close(split.re.eval(&halves, &at).unwrap(), value.re.into(), 1e-12, &label(&equation));
            close(split.im.eval(&halves, &at).unwrap(), value.im.into(), 1e-12, &label(&equation));
        }
    }
}

/// <lambda, L u> = <L^T lambda, u> over a period, without conjugation, and L^T^T = L. Tolerance: the aliasing of 20
/// points per period in 3-D, for coefficients whose harmonics decrease by 0.1 each.
#[test]
fn adjoints_integrate_by_parts() {
    for equation in every_equation() {
        let transposed = adjoint(&equation).unwrap();
        let env = Smooth::new(equation.axes(), [&equation.residual, &transposed.residual]);
        let (forward, backward) = (linear_form(&equation).unwrap(), linear_form(&transposed).unwrap());
        let value = |symbol: &str, at: &[f64]| env.value(symbol, &MultiIndex::ZERO, at).unwrap();
        let left = periodic_mean(equation.axes(), |at| value("lambda", at) * act(&forward, "u", &env, at));
        let right = periodic_mean(equation.axes(), |at| act(&backward, "lambda", &env, at) * value("u", at));
        let error = (right - left).norm() / left.norm();
        assert!(error < 1e-9, "{}: {error}, {left} against {right}", label(&equation));

        let twice = linear_form(&adjoint(&transposed).unwrap()).unwrap();
        assert_eq!(twice.needed_partials(), forward.needed_partials(), "{}", label(&equation));
        for (derivative, coefficient) in &forward.terms {
            for at in points(equation.axes()) {
                let found = twice.coefficient(*derivative).eval(&env, &at).unwrap();
                close(found, coefficient.eval(&env, &at).unwrap(), 1e-12, &label(&equation));
            }
        }
    }
}

/// Taylor test with slopes 1 and 2 in every parameter: |R(m + s dm) - R(m)| is O(s), and O(s^2) after subtracting s
/// dR. The pointwise factor of `linearise`, where it exists, times dm is dR.
#[test]
fn linearisations_pass_the_taylor_test() {
    for equation in every_equation() {
        for parameter in &equation.parameters {
            let change = perturb(&equation, &parameter.name).unwrap();
            let env = Smooth::new(equation.axes(), [&equation.residual, &change]);
            let delta = format!("delta_{}", parameter.name);
            let at = &points(equation.axes())[1];
            let start = equation.residual.eval(&env, at).unwrap();
            let first = change.eval(&env, at).unwrap();
            let remainders = [1e-2, 5e-3].map(|step| {
                let moved = |symbol: &str, derivative: &MultiIndex, at: &[f64]| {
                    let value = env.value(symbol, derivative, at)?;
                    let more = if symbol == parameter.name {
                        env.value(&delta, derivative, at)?
                    } else {
                        0.0.into()
                    };
                    Some(value + step * more)
                };
                let difference = equation.residual.eval(&moved, at).unwrap() - start;
                (difference.norm(), (difference - step * first).norm())
            });
            let [(coarse, coarse2), (fine, fine2)] = remainders;
            let what = format!("{} in {}", label(&equation), parameter.name);
            assert!(((coarse / fine).log2() - 1.0).abs() < 0.1, "{what}: slope {}", (coarse / fine).log2());
            // For an equation that is linear in its parameter only rounding remains.
            let slope = (coarse2 / fine2).log2();
            assert!(
                coarse2 < 1e-13 * (1.0 + start.norm()) || (slope - 2.0).abs() < 0.1,
                "{what}: slope {slope}"
            );

            match linearise(&equation, &parameter.name) {
                Ok(factor) => {
                    let dm = env.value(&delta, &MultiIndex::ZERO, at).unwrap();
                    close(factor.eval(&env, at).unwrap() * dm, first, 1e-13, &what);
                }
                Err(error) => assert!(matches!(error, PdeError::NotPointwise { .. }), "{error}"),
            }
        }
    }
}

/// <lambda, dR> = <kernel, dm> over a period, in every parameter.
#[test]
fn sensitivity_kernels_are_the_transposed_linearisation() {
    for equation in every_equation() {
        for parameter in &equation.parameters {
            let change = perturb(&equation, &parameter.name).unwrap().expand();
            let kernel = sensitivity_kernel(&equation, &parameter.name).unwrap().expand();
            let env = Smooth::new(equation.axes(), [&change, &kernel]);
            let value = |symbol: &str, at: &[f64]| env.value(symbol, &MultiIndex::ZERO, at).unwrap();
            let delta = format!("delta_{}", parameter.name);
            let left =
                periodic_mean(equation.axes(), |at| value("lambda", at) * change.eval(&env, at).unwrap());
            let right =
                periodic_mean(equation.axes(), |at| kernel.eval(&env, at).unwrap() * value(&delta, at));
            let error = (right - left).norm() / left.norm();
            assert!(error < 1e-9, "{} in {}: {error}", label(&equation), parameter.name);
        }
    }
}

/// The Helmholtz operator with its PML is its own formal adjoint, symbol by symbol.
#[test]
fn the_helmholtz_operator_is_symmetric() {
    for equation in every_equation().filter(|equation| equation.name == "helmholtz_total") {
        let transposed = adjoint(&equation).unwrap().residual;
        let [g, f] = ["g", "f"].map(|name| {
            let symbols = [transposed.symbols(), equation.symbols()].concat();
            Expr::symbol(symbols.iter().find(|symbol| symbol.name == name).unwrap())
        });
        let renamed = transposed.substitute("lambda", &Expr::symbol(&equation.unknown));
        assert_eq!(renamed + g, &equation.residual + f, "{}", label(&equation));
    }
}
