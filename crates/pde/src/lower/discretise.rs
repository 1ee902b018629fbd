//! The residual as finite-difference stencils.

use std::fmt;

use num_complex::Complex64;

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Environment, Expr, Node};
use crate::lower::partials::linear_in;
use crate::stencil::{centred, staggered};
use crate::symbol::{Axis, MultiIndex};

/// A residual as a sum of stencil terms, `R = sum terms(u) + rest`.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteForm {
    /// The declared order of accuracy.
    pub order: usize,
    /// The axes of a point, in order.
    pub axes: Vec<Axis>,
    /// The terms with the unknown.
    pub terms: Vec<StencilTerm>,
    /// The part without the unknown.
    pub rest: Expr,
}

/// One term with the unknown. Its expressions contain neither the unknown nor unexpanded derivatives.
#[derive(Debug, Clone, PartialEq)]
pub enum StencilTerm {
    /// `outer d/da (inner du/da)`: [`staggered`] twice, with `inner` evaluated half-way between grid points. With
    /// `outer` = 1 the matrix is (complex) symmetric.
    Flux {
        /// The axis of both derivatives.
        axis: Axis,
        /// The factor of the outer derivative, on grid points.
        outer: Expr,
        /// The factor of `du/da` inside the outer derivative, half-way between grid points.
        inner: Expr,
    },
    /// `coefficient d^a u`: [`centred`] along each axis.
    Partial {
        /// The partial derivative.
        derivative: MultiIndex,
        /// Its factor.
        coefficient: Expr,
    },
    /// `coefficient u`.
    Mass {
        /// The factor of the unknown.
        coefficient: Expr,
    },
}

/// The stencils of an equation, at any even order of accuracy.
///
/// # Errors
/// [`PdeError::Order`] if the order is zero or odd; [`PdeError::NotLinear`] if the residual is not linear in the
/// unknown.
///
/// ```
/// use pde::{Dimension, Form, discretise, helmholtz};
/// let form = discretise(&helmholtz(Dimension::Two, Form::Total), 4)?;
/// assert_eq!(
///     form.to_string(),
///     "order 4\nflux x: 1, e_z/e_x\nflux z: 1, e_x/e_z\nmass: e_x e_z omega^2 m\nrest: -f"
/// );
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn discretise(equation: &Equation, order: usize) -> Result<DiscreteForm, PdeError> {
    if order == 0 || order % 2 == 1 {
        return Err(PdeError::Order { found: order });
    }
    let mut form =
        DiscreteForm { order, axes: equation.axes().to_vec(), terms: Vec::new(), rest: Expr::zero() };
    form.collect(&Expr::one(), &equation.residual, &equation.unknown.name)?;
    Ok(form)
}

impl DiscreteForm {
    fn collect(&mut self, outer: &Expr, expr: &Expr, symbol: &str) -> Result<(), PdeError> {
        match expr.node() {
            _ if !expr.contains(symbol) => self.rest = &self.rest + outer * expr.expand(),
            Node::Sum(terms) => return terms.iter().try_for_each(|term| self.collect(outer, term, symbol)),
            Node::Product(_) => match expr.linear_factor(symbol) {
                Some((factor, multiplier)) => {
                    return self.collect(&(outer * multiplier.expand()), factor, symbol);
                }
                None => self.pointwise(outer, expr, symbol)?,
            },
            Node::Derivative(axis, inner) => match inner.node() {
                Node::Sum(terms) => {
                    return terms.iter().try_for_each(|term| self.collect(outer, &term.d(*axis), symbol));
                }
                _ => match flux(inner, *axis, symbol) {
                    Some(inner) => {
                        self.terms.push(StencilTerm::Flux { axis: *axis, outer: outer.clone(), inner });
                    }
                    None => self.pointwise(outer, expr, symbol)?,
                },
            },
            _ => self.pointwise(outer, expr, symbol)?,
        }
        Ok(())
    }

    fn pointwise(&mut self, outer: &Expr, expr: &Expr, symbol: &str) -> Result<(), PdeError> {
        let form = linear_in(expr, symbol)?;
        self.rest = &self.rest + outer * form.rest;
        for (derivative, factor) in form.terms {
            self.add(derivative, outer * factor);
        }
        Ok(())
    }

    fn add(&mut self, wanted: MultiIndex, more: Expr) {
        for term in &mut self.terms {
            match term {
                StencilTerm::Mass { coefficient } if wanted.is_zero() => {
                    *coefficient = &*coefficient + more;
                    return;
                }
                StencilTerm::Partial { derivative, coefficient } if *derivative == wanted => {
                    *coefficient = &*coefficient + more;
                    return;
                }
                _ => {}
            }
        }
        self.terms.push(if wanted.is_zero() {
            StencilTerm::Mass { coefficient: more }
        } else {
            StencilTerm::Partial { derivative: wanted, coefficient: more }
        });
    }

    /// The discrete residual at a point for a field given as a function; the reference for matrices and kernels.
    ///
    /// # Shapes
    /// `at` and `spacing` have one entry per axis, in the order of `axes`.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] if the environment lacks a coefficient.
    pub fn residual(
        &self,
        env: &dyn Environment,
        u: &dyn Fn(&[f64]) -> Complex64,
        at: &[f64],
        spacing: &[f64],
    ) -> Result<Complex64, PdeError> {
        let mut sum = self.rest.eval(env, at)?;
        for term in &self.terms {
            sum += match term {
                StencilTerm::Mass { coefficient } => coefficient.eval(env, at)? * u(at),
                StencilTerm::Partial { derivative, coefficient } => {
                    coefficient.eval(env, at)? * self.partial(*derivative, u, at, spacing)
                }
                StencilTerm::Flux { axis, outer, inner } => {
                    let (k, stencil) = (self.position(*axis), staggered(self.order));
                    let mut flux = Complex64::ZERO;
                    for (offset, weight) in stencil.scaled(spacing[k]) {
                        let half_way = moved(at, k, offset * spacing[k]);
                        let du = stencil.apply(spacing[k], |step| u(&moved(&half_way, k, step * spacing[k])));
                        flux += inner.eval(env, &half_way)? * du * weight;
                    }
                    outer.eval(env, at)? * flux
                }
            };
        }
        Ok(sum)
    }

    fn partial(
        &self,
        derivative: MultiIndex,
        u: &dyn Fn(&[f64]) -> Complex64,
        at: &[f64],
        spacing: &[f64],
    ) -> Complex64 {
        let Some(axis) = derivative.axes().next() else { return u(at) };
        let (k, count) = (self.position(axis), derivative.count(axis));
        let mut others = derivative;
        others.0[axis as usize] = 0;
        centred(count, self.order)
            .apply(spacing[k], |offset| self.partial(others, u, &moved(at, k, offset * spacing[k]), spacing))
    }

    fn position(&self, axis: Axis) -> usize {
        self.axes
            .iter()
            .position(|known| *known == axis)
            .expect("the unknown depends on what it is differentiated along")
    }
}

fn moved(at: &[f64], k: usize, step: f64) -> Vec<f64> {
    let mut point = at.to_vec();
    point[k] += step;
    point
}

/// `c` if `inner` is `c du/da`.
fn flux(inner: &Expr, axis: Axis, symbol: &str) -> Option<Expr> {
    let (factor, multiplier) = inner.linear_factor(symbol)?;
    let is_du = matches!(factor.node(), Node::Field(_, derivative) if *derivative == MultiIndex::along(axis));
    is_du.then(|| multiplier.expand())
}

impl fmt::Display for DiscreteForm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "order {}", self.order)?;
        for term in &self.terms {
            match term {
                StencilTerm::Flux { axis, outer, inner } => {
                    writeln!(out, "flux {}: {outer}, {inner}", axis.letter())?;
                }
                StencilTerm::Partial { derivative, coefficient } => {
                    writeln!(out, "{derivative}: {coefficient}")?;
                }
                StencilTerm::Mass { coefficient } => writeln!(out, "mass: {coefficient}")?,
            }
        }
        write!(out, "rest: {}", self.rest)
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(discretise(equation, 2)?.to_string())
}
