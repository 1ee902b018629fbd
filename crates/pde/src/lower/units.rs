//! The unit of an expression, with every sum checked term by term.

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, MultiIndex};
use crate::unit::Unit;

/// The unit of an expression.
///
/// # Errors
/// [`PdeError::UnitsDiffer`] for a sum of terms with different units; [`PdeError::UnknownUnit`] for a symbol whose unit is not
/// one; [`PdeError::RootOfUnit`].
///
/// ```
/// use pde::{Dimension, acoustic_wave, unit_of};
/// assert_eq!(unit_of(&acoustic_wave(Dimension::Two).residual)?.to_string(), "kg/(m^3 s^2)");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn unit_of(expr: &Expr) -> Result<Unit, PdeError> {
    Ok(match expr.node() {
        Node::Constant(_) => Unit::NONE,
        Node::Field(symbol, derivative) => Unit::parse(&symbol.unit)?.over(of_derivative(*derivative)),
        Node::Derivative(axis, inner) => unit_of(inner)?.over(of_axis(*axis)),
        Node::Sum(terms) => {
            let unit = unit_of(&terms[0])?;
            for term in &terms[1..] {
                let other = unit_of(term)?;
                if other != unit {
                    let (first, term) = (terms[0].to_string(), term.to_string());
                    let (unit, other) = (unit.to_string(), other.to_string());
                    return Err(PdeError::UnitsDiffer { first, unit, term, other });
                }
            }
            unit
        }
        Node::Product(factors) => {
            factors.iter().try_fold(Unit::NONE, |unit, factor| Ok(unit.times(unit_of(factor)?)))?
        }
        Node::Power(base, power) => unit_of(base)?.power(*power),
        Node::Sqrt(base) => {
            let unit = unit_of(base)?;
            let root = || PdeError::RootOfUnit { of: base.to_string(), unit: unit.to_string() };
            unit.root().ok_or_else(root)?
        }
    })
}

fn of_axis(axis: Axis) -> Unit {
    if axis == Axis::T { Unit::SECOND } else { Unit::METRE }
}

fn of_derivative(derivative: MultiIndex) -> Unit {
    derivative.axes().fold(Unit::NONE, |unit, axis| unit.times(of_axis(axis)))
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(unit_of(&equation.residual)?.to_string())
}
