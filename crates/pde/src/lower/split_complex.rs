//! A complex residual as two real ones.

use std::fmt;

use num_complex::Complex64;

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Environment, Expr, Node};
use crate::symbol::{MultiIndex, Symbol};

/// Real and imaginary part of a residual, in real symbols: `u` becomes `u_re` and `u_im`.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitResidual {
    /// The real part.
    pub re: Expr,
    /// The imaginary part.
    pub im: Expr,
}

impl fmt::Display for SplitResidual {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "re {}\nim {}", self.re, self.im)
    }
}

/// Splits a residual; every complex symbol `s` becomes the pair of real symbols `s_re`, `s_im`.
///
/// ```
/// use pde::{Axis, Dimension, Equation, Expr, Symbol, split_complex};
/// let unknown = Symbol::unknown("u", &[Axis::X], "Pa").complex();
/// let residual = Expr::symbol(&unknown).d(Axis::X) * num_complex::Complex64::I;
/// let equation = Equation { name: "i du/dx".into(), dimension: Dimension::One, unknown, parameters: vec![], residual };
/// assert_eq!(split_complex(&equation).to_string(), "re -dx(u_im)\nim dx(u_re)");
/// ```
pub fn split_complex(equation: &Equation) -> SplitResidual {
    let (re, im) = split(&equation.residual);
    SplitResidual { re, im }
}

type Pair = (Expr, Expr);

fn times((a, b): &Pair, (c, d): &Pair) -> Pair {
    (a * c - b * d, a * d + b * c)
}

fn split(expr: &Expr) -> Pair {
    match expr.node() {
        Node::Constant(value) => (Expr::constant(value.re), Expr::constant(value.im)),
        Node::Field(symbol, derivative) if symbol.complex => {
            let part = |suffix: &str| {
                let part = Symbol {
                    name: format!("{}_{suffix}", symbol.name),
                    complex: false,
                    ..(**symbol).clone()
                };
                Expr::symbol(&part).partial(*derivative)
            };
            (part("re"), part("im"))
        }
        Node::Field(..) => (expr.clone(), Expr::zero()),
        Node::Derivative(axis, inner) => {
            let (re, im) = split(inner);
            (re.d(*axis), im.d(*axis))
        }
        Node::Sum(terms) => {
            let (re, im): (Vec<Expr>, Vec<Expr>) = terms.iter().map(split).unzip();
            (Expr::sum(re), Expr::sum(im))
        }
        // Denominators are made real and kept apart, so each is written only once.
        Node::Product(factors) => {
            let mut product = (Expr::one(), Expr::zero());
            let mut scale = Expr::one();
            for factor in factors {
                let (pair, real) = numerator(factor);
                product = times(&product, &pair);
                scale = scale * real;
            }
            (&scale * product.0, scale * product.1)
        }
        Node::Power(..) => {
            let ((re, im), scale) = numerator(expr);
            (&scale * re, scale * im)
        }
        Node::Sqrt(base) => {
            let (re, im) = split(base);
            if im.is_zero() {
                return (re.sqrt(), im);
            }
            // The principal root of re + i im has the real part sqrt((|z| + re) / 2).
            let real = (((&re * &re + &im * &im).sqrt() + re) * 0.5).sqrt();
            (real.clone(), im * real.powi(-1) * 0.5)
        }
    }
}

/// A factor as a pair times a real expression: `1/z` is the conjugate of `z` times `1/|z|^2`.
fn numerator(factor: &Expr) -> (Pair, Expr) {
    let Node::Power(base, power) = factor.node() else { return (split(factor), Expr::one()) };
    let (re, im) = split(base);
    if im.is_zero() {
        return ((re.powi(*power), im), Expr::one());
    }
    let modulus = &re * &re + &im * &im;
    let (step, scale) = if *power > 0 { ((re, im), Expr::one()) } else { ((re, -im), modulus.powi(*power)) };
    ((0..power.unsigned_abs()).fold((Expr::one(), Expr::zero()), |product, _| times(&product, &step)), scale)
}

/// An environment that returns `s_re` and `s_im` from one that knows the complex `s`.
#[derive(Clone, Copy)]
pub struct SplitEnvironment<'a>(pub &'a dyn Environment);

impl Environment for SplitEnvironment<'_> {
    fn value(&self, symbol: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        let whole = |name| self.0.value(name, derivative, at);
        match (symbol.strip_suffix("_re"), symbol.strip_suffix("_im")) {
            (Some(name), _) => whole(name).map(|value| value.re.into()),
            (_, Some(name)) => whole(name).map(|value| value.im.into()),
            _ => whole(symbol),
        }
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(split_complex(equation).to_string())
}
