//! Differential operators in any dimension.

use crate::expr::Expr;
use crate::symbol::{Axis, Dimension};

/// The partial derivative `du/da` along an axis.
pub fn d(u: &Expr, axis: Axis) -> Expr {
    u.d(axis)
}

/// The time derivative `du/dt`.
pub fn dt(u: &Expr) -> Expr {
    u.d(Axis::T)
}

/// The gradient, one component per space axis, in the order of [`Dimension::axes`].
pub fn grad(u: &Expr, dimension: Dimension) -> Vec<Expr> {
    dimension.axes().iter().map(|&axis| d(u, axis)).collect()
}

/// The divergence of a vector field with one component per space axis.
///
/// # Panics
/// If the number of components differs from the dimension.
pub fn div(w: &[Expr], dimension: Dimension) -> Expr {
    assert_eq!(w.len(), dimension.axes().len(), "one component per space axis");
    Expr::sum(w.iter().zip(dimension.axes()).map(|(component, &axis)| d(component, axis)))
}

/// The Laplacian, `div grad u`.
pub fn laplacian(u: &Expr, dimension: Dimension) -> Expr {
    div(&grad(u, dimension), dimension)
}

/// A vector field multiplied by a scalar one.
pub fn scale(c: &Expr, w: &[Expr]) -> Vec<Expr> {
    w.iter().map(|component| c * component).collect()
}
