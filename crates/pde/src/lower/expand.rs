//! Expansion of derivatives: product and power rule, down to partial derivatives of symbols.

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::Axis;

impl Expr {
    /// The same expression without unexpanded derivatives: only partial derivatives of symbols remain.
    #[must_use]
    pub fn expand(&self) -> Self {
        match self.node() {
            Node::Derivative(axis, inner) => inner.expand().differentiate(*axis),
            _ => self.rebuild(Self::expand),
        }
    }

    /// The expanded derivative along `axis`.
    #[must_use]
    pub fn differentiate(&self, axis: Axis) -> Self {
        match self.node() {
            Node::Constant(_) | Node::Field(..) => self.d(axis),
            Node::Derivative(other, inner) => inner.differentiate(*other).differentiate(axis),
            Node::Sum(terms) => Self::sum(terms.iter().map(|term| term.differentiate(axis))),
            Node::Product(factors) => Self::sum((0..factors.len()).map(|k| {
                let others =
                    factors.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, factor)| factor.clone());
                Self::product(others) * factors[k].differentiate(axis)
            })),
            Node::Power(base, power) => base.powi(power - 1) * base.differentiate(axis) * f64::from(*power),
            Node::Sqrt(base) => self.powi(-1) * base.differentiate(axis) * 0.5,
        }
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(equation.residual.expand().to_string())
}
