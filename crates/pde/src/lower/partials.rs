//! The residual as a linear form in the partial derivatives of its unknown.

use std::collections::BTreeMap;
use std::fmt;

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::MultiIndex;

/// `R = sum_a c_a d^a u + rest`, where coefficients and rest contain neither `u` nor unexpanded derivatives.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearForm {
    /// Each partial derivative of the unknown with its coefficient, in the order of the multi-index.
    pub terms: Vec<(MultiIndex, Expr)>,
    /// The part without the unknown.
    pub rest: Expr,
}

impl LinearForm {
    /// The partial derivatives of the unknown that the residual needs.
    pub fn needed_partials(&self) -> Vec<MultiIndex> {
        self.terms.iter().map(|(derivative, _)| *derivative).collect()
    }

    /// The coefficient of one partial derivative, or 0 if it does not occur.
    pub fn coefficient(&self, derivative: MultiIndex) -> Expr {
        let found = self.terms.iter().find(|(known, _)| *known == derivative);
        found.map_or_else(Expr::zero, |(_, coefficient)| coefficient.clone())
    }
}

impl fmt::Display for LinearForm {
    /// One line per partial derivative, then the rest.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (derivative, coefficient) in &self.terms {
            writeln!(
                out,
                "{:<4} {coefficient}",
                if derivative.is_zero() { "1".into() } else { derivative.to_string() }
            )?;
        }
        write!(out, "rest {}", self.rest)
    }
}

/// The linear form of an equation in its unknown.
///
/// # Errors
/// [`PdeError::NotLinear`] if the residual is not linear in the unknown.
///
/// ```
/// use pde::{Axis, Dimension, Form, MultiIndex, helmholtz, linear_form};
/// let form = linear_form(&helmholtz(Dimension::One, Form::Total))?;
/// let ux = MultiIndex::along(Axis::X);
/// assert_eq!(form.needed_partials(), [MultiIndex::ZERO, ux, ux.with(Axis::X)]);
/// assert_eq!(form.coefficient(ux).to_string(), "-(1/e_x^2) dx(e_x)");
/// assert_eq!(form.rest.to_string(), "-f");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn linear_form(equation: &Equation) -> Result<LinearForm, PdeError> {
    linear_in(&equation.residual, &equation.unknown.name)
}

/// The linear form of any expression in any symbol.
///
/// # Errors
/// [`PdeError::NotLinear`] if the expression is not linear in the symbol.
pub fn linear_in(expr: &Expr, symbol: &str) -> Result<LinearForm, PdeError> {
    let mut form = collect(expr, symbol)?;
    let rest = form.remove(&None).unwrap_or_else(Expr::zero);
    let terms =
        form.into_iter().filter_map(|(derivative, c)| Some((derivative?, c))).filter(|(_, c)| !c.is_zero());
    Ok(LinearForm { terms: terms.collect(), rest })
}

/// Coefficients by partial derivative; `None` holds the part without the symbol.
type Terms = BTreeMap<Option<MultiIndex>, Expr>;

fn add(terms: &mut Terms, key: Option<MultiIndex>, value: Expr) {
    let sum = match terms.remove(&key) {
        Some(known) => known + value,
        None => value,
    };
    terms.insert(key, sum);
}

fn collect(expr: &Expr, symbol: &str) -> Result<Terms, PdeError> {
    if !expr.contains(symbol) {
        return Ok(Terms::from([(None, expr.expand())]));
    }
    let mut terms = Terms::new();
    match expr.node() {
        Node::Field(_, derivative) => add(&mut terms, Some(*derivative), Expr::one()),
        Node::Sum(children) => {
            for child in children {
                for (key, coefficient) in collect(child, symbol)? {
                    add(&mut terms, key, coefficient);
                }
            }
        }
        Node::Product(_) => {
            let Some((factor, multiplier)) = expr.linear_factor(symbol) else {
                return Err(not_linear(expr, symbol));
            };
            let multiplier = multiplier.expand();
            for (key, coefficient) in collect(factor, symbol)? {
                add(&mut terms, key, &multiplier * coefficient);
            }
        }
        Node::Derivative(axis, inner) => {
            for (key, coefficient) in collect(inner, symbol)? {
                add(&mut terms, key, coefficient.differentiate(*axis));
                if let Some(derivative) = key {
                    add(&mut terms, Some(derivative.with(*axis)), coefficient);
                }
            }
        }
        Node::Power(..) | Node::Sqrt(_) | Node::Constant(_) => return Err(not_linear(expr, symbol)),
    }
    Ok(terms)
}

pub(super) fn not_linear(term: &Expr, symbol: &str) -> PdeError {
    PdeError::NotLinear { symbol: symbol.to_owned(), term: term.to_string() }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(linear_form(equation)?.to_string())
}
