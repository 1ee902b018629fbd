//! A system solved for its time derivatives: what a time stepper needs.

use crate::error::PdeError;
use crate::expr::Expr;
use crate::lower::linear_in;
use crate::symbol::{Axis, MultiIndex};
use crate::system::System;

/// The time derivative of one unknown:
/// `d_t^order u = sum coefficient d^a v + source`, with space derivatives `d^a` of the unknowns `v`; in second order also
/// `- damping d_t u`.
#[derive(Debug, Clone, PartialEq)]
pub struct Evolution {
    /// The unknown, by its place in the system.
    pub unknown: usize,
    /// 1 or 2.
    pub order: usize,
    /// The factor of the first time derivative in second order, 1/s; 0 where there is none.
    pub damping: Expr,
    /// The terms with unknowns.
    pub terms: Vec<EvolutionTerm>,
    /// The part without unknowns.
    pub source: Expr,
}

/// A coefficient times a space derivative of an unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct EvolutionTerm {
    /// The factor, of parameters alone.
    pub coefficient: Expr,
    /// The derivative.
    pub derivative: MultiIndex,
    /// The unknown, by its place in the system.
    pub unknown: usize,
}

impl System {
    /// The system solved for its time derivatives, in the order of its residuals.
    ///
    /// A later equation may use what an earlier one has stepped, as staggered schemes do; the order is that of the residuals.
    ///
    /// # Errors
    /// [`PdeError::NotSteppable`] for a residual without a time derivative to solve for, with several, or with a coefficient
    /// under a derivative; [`PdeError::NotLinear`]; the errors of [`System::check`].
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter m [s^2/m^2]\nm dtt(u) - dxx(u) = 0\n";
    /// let evolution = &System::parse("string", Dimension::One, text)?.evolution()?[0];
    /// assert_eq!((evolution.order, evolution.terms[0].coefficient.to_string().as_str()), (2, "1/m"));
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn evolution(&self) -> Result<Vec<Evolution>, PdeError> {
        self.check()?;
        let mut found: Vec<Evolution> = Vec::new();
        for residual in &self.resolved() {
            let evolution = self.solved(residual)?;
            if found.iter().any(|other| other.unknown == evolution.unknown) {
                let name = &self.unknowns[evolution.unknown].name;
                return Err(refused(
                    residual,
                    format!("another equation has the time derivative of `{name}` too"),
                ));
            }
            found.push(evolution);
        }
        Ok(found)
    }

    /// Checks that one residual, by its place, can be solved for a time derivative.
    ///
    /// # Errors
    /// As [`System::evolution`], for that residual alone.
    pub fn solvable(&self, residual: usize) -> Result<(), PdeError> {
        self.resolved().get(residual).map_or(Ok(()), |residual| self.solved(residual).map(drop))
    }

    /// One residual, solved for its time derivative.
    fn solved(&self, residual: &Expr) -> Result<Evolution, PdeError> {
        let mut rest = residual.clone();
        let (mut in_time, mut in_space) = (Vec::new(), Vec::new());
        for (unknown, symbol) in self.unknowns.iter().enumerate() {
            let form = linear_in(residual, &symbol.name)?;
            rest = rest.substitute(&symbol.name, &Expr::zero());
            for (derivative, coefficient) in form.terms {
                self.pointwise(residual, &coefficient)?;
                let term = EvolutionTerm { coefficient, derivative, unknown };
                if derivative.count(Axis::T) == 0 { in_space.push(term) } else { in_time.push(term) }
            }
        }
        let highest = in_time.iter().map(|term| term.derivative.count(Axis::T)).max();
        let order = match highest {
            None => return Err(refused(residual, "it has no time derivative of an unknown".to_owned())),
            Some(order @ (1 | 2)) => order,
            Some(order) => {
                return Err(refused(
                    residual,
                    format!("it has a time derivative of order {order}; at most 2"),
                ));
            }
        };
        if let Some(mixed) =
            in_time.iter().find(|term| term.derivative.order() > term.derivative.count(Axis::T))
        {
            let shown = format!("{}({})", mixed.derivative, self.unknowns[mixed.unknown].name);
            return Err(refused(residual, format!("`{shown}` is a derivative in time and space")));
        }
        let (solved_for, lower): (Vec<_>, Vec<_>) =
            in_time.into_iter().partition(|term| term.derivative.count(Axis::T) == order);
        let [term] = &solved_for[..] else {
            return Err(refused(
                residual,
                "it has the highest time derivative of several unknowns".to_owned(),
            ));
        };
        let (unknown, scale) = (term.unknown, term.coefficient.powi(-1));
        if let Some(other) = lower.iter().find(|term| term.unknown != unknown) {
            let name = &self.unknowns[other.unknown].name;
            return Err(refused(
                residual,
                format!("it has a time derivative of `{name}` beside the highest one"),
            ));
        }
        let damping = Expr::sum(lower.into_iter().map(|term| term.coefficient)) * &scale;
        let terms = in_space
            .into_iter()
            .map(|term| EvolutionTerm { coefficient: -(&term.coefficient * &scale), ..term });
        Ok(Evolution { unknown, order, damping, terms: terms.collect(), source: -(rest * scale) })
    }

    /// Whether a coefficient is a value at a point, of parameters alone.
    fn pointwise(&self, residual: &Expr, coefficient: &Expr) -> Result<(), PdeError> {
        let mut wrong = None;
        coefficient.any_field(&mut |symbol, derivative| {
            if !derivative.is_zero() {
                let reason = format!(
                    "`{}` stands under a derivative; write the equation with first derivatives of two unknowns, as \
                     `acoustic_density` does",
                    symbol.name
                );
                wrong = Some(reason);
            } else if symbol.depends_on.contains(&Axis::T) {
                wrong = Some(format!("the coefficient `{}` varies in time", symbol.name));
            }
            wrong.is_some()
        });
        wrong.map_or(Ok(()), |reason| Err(refused(residual, reason)))
    }
}

fn refused(residual: &Expr, reason: String) -> PdeError {
    PdeError::NotSteppable { residual: residual.to_string(), reason }
}
