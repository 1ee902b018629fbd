//! Stencils: the observed order of accuracy equals the declared one.

use num_complex::Complex64;

use crate::tests::every_equation;
use crate::tests::smooth::{Smooth, points};
use crate::{Environment, MultiIndex, PdeError, Stencil, StencilTerm, centred, discretise, staggered};

/// For every equation and orders 2 to 8: halving all spacings divides the error of the discrete residual by 2^order,
/// within 0.3 in the exponent.
#[test]
fn discrete_residuals_converge_at_the_declared_order() {
    for equation in every_equation() {
        let env = Smooth::new(equation.axes(), [&equation.residual]);
        let u = |at: &[f64]| env.value("u", &MultiIndex::ZERO, at).unwrap();
        for order in [2, 4, 6, 8] {
            let form = discretise(&equation, order).unwrap();
            let error = |h: f64| {
                let spacing = vec![h; equation.axes().len()];
                let at_point = |at: &Vec<f64>| {
                    let discrete = form.residual(&env, &u, at, &spacing).unwrap();
                    (discrete - equation.residual.eval(&env, at).unwrap()).norm_sqr()
                };
                points(equation.axes()).iter().map(at_point).sum::<f64>().sqrt()
            };
            let observed = (error(0.12) / error(0.06)).log2();
            assert!(
                (observed - form.order as f64).abs() < 0.3,
                "{} {:?}: declared {order}, observed {observed}",
                equation.name,
                equation.dimension
            );
        }
    }
}

/// A stencil of order n for derivative d is exact for polynomials of a degree below d + n, and not for the next one
/// of the same parity. Its weights are symmetric to the last bit.
#[test]
fn stencils_are_exact_up_to_their_order() {
    let monomial =
        |stencil: &Stencil, degree: usize| stencil.apply(1.0, |x| Complex64::from(x.powi(degree as i32))).re;
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let centred = (1..=4).flat_map(|derivative| [2, 4, 6, 8, 10].map(|order| centred(derivative, order)));
    for stencil in centred.chain([2, 4, 6, 8, 10].map(staggered)) {
        let (d, n) = (stencil.derivative, stencil.order);
        for degree in 0..d + n {
            let expected = if degree == d { factorial(d) } else { 0.0 };
            let size: f64 = stencil
                .offsets
                .iter()
                .zip(&stencil.weights)
                .map(|(x, w)| (w * x.powi(degree as i32)).abs())
                .sum();
            assert!(
                (monomial(&stencil, degree) - expected).abs() <= 1e-12 * size.max(1.0),
                "{stencil:?} x^{degree}"
            );
        }
        assert!(monomial(&stencil, d + n).abs() > 1e-3, "{stencil:?} is better than declared");
        let sign = if d % 2 == 0 { 1.0 } else { -1.0 };
        let mirrored: Vec<f64> = stencil.weights.iter().rev().map(|w| sign * w).collect();
        assert_eq!(stencil.weights, mirrored);
    }
}

/// A flux with outer factor 1 gives a symmetric matrix. The Helmholtz stencils are such fluxes and a mass term.
#[test]
fn helmholtz_stencils_are_symmetric_fluxes() {
    for equation in every_equation().filter(|equation| equation.name.starts_with("helmholtz")) {
        let form = discretise(&equation, 4).unwrap();
        assert_eq!(form.terms.len(), equation.axes().len() + 1);
        for term in &form.terms {
            match term {
                StencilTerm::Flux { outer, .. } => assert!(outer.is_one()),
                StencilTerm::Mass { .. } => {}
                StencilTerm::Partial { .. } => panic!("{form}"),
            }
        }
    }
}

#[test]
fn odd_orders_are_refused() {
    for equation in every_equation() {
        for found in [0, 1, 3] {
            assert_eq!(discretise(&equation, found), Err(PdeError::Order { found }));
        }
    }
}
