//! The operators of expressions: `==`, `+`, `-`, `*` and `/` with expressions and numbers.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_complex::Complex64;

use crate::expr::{Expr, Node};

fn same_in_any_order(a: &[Expr], b: &[Expr]) -> bool {
    let mut left: Vec<&Expr> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|wanted| match left.iter().position(|found| *found == wanted) {
            Some(position) => {
                left.swap_remove(position);
                true
            }
            None => false,
        })
}

impl PartialEq for Expr {
    /// Whether two trees are equal, regardless of the order of terms and factors.
    fn eq(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        match (self.node(), other.node()) {
            (Node::Constant(a), Node::Constant(b)) => a == b,
            (Node::Field(a, da), Node::Field(b, db)) => da == db && a == b,
            (Node::Derivative(a, ea), Node::Derivative(b, eb)) => a == b && ea == eb,
            (Node::Power(a, pa), Node::Power(b, pb)) => pa == pb && a == b,
            (Node::Sqrt(a), Node::Sqrt(b)) => a == b,
            (Node::Sum(a), Node::Sum(b)) | (Node::Product(a), Node::Product(b)) => same_in_any_order(a, b),
            _ => false,
        }
    }
}

impl From<&Expr> for Expr {
    fn from(expr: &Expr) -> Self {
        expr.clone()
    }
}

impl From<f64> for Expr {
    fn from(value: f64) -> Self {
        Self::constant(value)
    }
}

impl From<Complex64> for Expr {
    fn from(value: Complex64) -> Self {
        Self::constant(value)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident |$a:ident, $b:ident| $result:expr;)*) => {$(
        impl<T: Into<Expr>> $trait<T> for Expr {
            type Output = Expr;
            fn $method(self, other: T) -> Expr {
                let ($a, $b): (Expr, Expr) = (self, other.into());
                $result
            }
        }
        impl<T: Into<Expr>> $trait<T> for &Expr {
            type Output = Expr;
            fn $method(self, other: T) -> Expr {
                $trait::$method(self.clone(), other)
            }
        }
    )*};
}

arithmetic! {
    Add add |a, b| Expr::sum([a, b]);
    Sub sub |a, b| Expr::sum([a, -b]);
    Mul mul |a, b| Expr::product([a, b]);
    Div div |a, b| Expr::product([a, b.powi(-1)]);
}

impl Neg for Expr {
    type Output = Self;
    fn neg(self) -> Self {
        Self::product([Self::constant(-1.0), self])
    }
}

impl Neg for &Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        -self.clone()
    }
}
