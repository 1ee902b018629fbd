//! The formal adjoint: integration by parts, term by term.

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::lower::partials::not_linear;
use crate::symbol::{Role, Symbol};

/// The adjoint equation `L^T lambda - g = 0` of `L u + rest = 0`.
///
/// The adjoint is bilinear, without conjugation: the integral of `v (L u)` equals the integral of `(L^T v) u` for
/// fields that vanish at the boundary. The unknown is `lambda`; the coefficient `g` is the adjoint source. Flux forms
/// are preserved, so the Helmholtz operator is visibly its own adjoint.
///
/// # Errors
/// [`PdeError::NotLinear`] if the residual is not linear in the unknown.
///
/// ```
/// use pde::{Dimension, Form, adjoint, helmholtz};
/// let equation = adjoint(&helmholtz(Dimension::One, Form::Total))?;
/// assert_eq!(equation.to_string(), "dx((1/e_x) dx(lambda)) + e_x omega^2 m lambda - g = 0");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn adjoint(equation: &Equation) -> Result<Equation, PdeError> {
    let named = |name: &str| Symbol { name: name.to_owned(), ..equation.unknown.clone() };
    let unknown = named("lambda");
    let source = Symbol { role: Role::Coefficient, ..named("g") };
    let operator = transpose(&equation.residual, &equation.unknown.name, &Expr::symbol(&unknown))?;
    Ok(Equation {
        name: format!("{}_adjoint", equation.name),
        residual: operator - Expr::symbol(&source),
        unknown,
        ..equation.clone()
    })
}

/// The transpose of the linear map from `symbol` to `expr`, applied to `w`. Terms without `symbol` drop out.
pub(super) fn transpose(expr: &Expr, symbol: &str, w: &Expr) -> Result<Expr, PdeError> {
    if !expr.contains(symbol) {
        return Ok(Expr::zero());
    }
    match expr.node() {
        Node::Field(_, derivative) => {
            let sign = if derivative.order() % 2 == 0 { 1.0 } else { -1.0 };
            Ok(w.partial(*derivative) * sign)
        }
        Node::Derivative(axis, inner) => transpose(inner, symbol, &-w.d(*axis)),
        Node::Sum(terms) => {
            terms.iter().map(|term| transpose(term, symbol, w)).collect::<Result<Vec<_>, _>>().map(Expr::sum)
        }
        Node::Product(_) => match expr.linear_factor(symbol) {
            Some((factor, multiplier)) => transpose(factor, symbol, &(multiplier * w)),
            None => Err(not_linear(expr, symbol)),
        },
        Node::Power(..) | Node::Sqrt(_) | Node::Constant(_) => Err(not_linear(expr, symbol)),
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(adjoint(equation)?.to_string())
}
