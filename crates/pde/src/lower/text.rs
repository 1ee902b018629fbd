//! Expressions as plain text, in the language that [`crate::parse`] reads.

use std::fmt;

use num_complex::Complex64;

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::symbol::{Axis, MultiIndex};

/// A term as it is written: sign, number, numerator, denominator, and the fields to which they apply.
pub(super) struct Layout {
    pub(super) negative: bool,
    pub(super) number: Complex64,
    pub(super) above: Vec<(Expr, i32)>,
    pub(super) below: Vec<(Expr, i32)>,
    pub(super) fields: Vec<(Expr, i32)>,
}

impl Layout {
    pub(super) fn of(term: &Expr) -> Self {
        let (number, rest) = term.split_number();
        let negative = number.re < 0.0 && number.im == 0.0 || number.re == 0.0 && number.im < 0.0;
        let number = if negative { -number } else { number };
        let mut layout = Self { negative, number, above: vec![], below: vec![], fields: vec![] };
        for factor in rest.factors() {
            let (base, power) = match factor.node() {
                Node::Power(base, power) => (base.clone(), *power),
                _ => (factor.clone(), 1),
            };
            match (power, base.is_acted_on()) {
                _ if factor.is_one() => {}
                (..0, _) => layout.below.push((base, -power)),
                (_, true) => layout.fields.push((base, power)),
                (_, false) => layout.above.push((base, power)),
            }
        }
        layout
    }
}

/// The terms of a sum with their signs; `unsigned` writes each term without its sign.
pub(super) fn signed_sum(expr: &Expr, unsigned: impl Fn(&Layout) -> String) -> String {
    let terms = match expr.node() {
        Node::Sum(terms) => terms,
        _ => std::slice::from_ref(expr),
    };
    let mut out = String::new();
    for (position, term) in terms.iter().enumerate() {
        let layout = Layout::of(term);
        out += match (position, layout.negative) {
            (0, true) => "-",
            (0, false) => "",
            (_, true) => " - ",
            (_, false) => " + ",
        };
        out += &unsigned(&layout);
    }
    out
}

/// Nested derivatives of a composed expression, outermost first, and their operand.
pub(super) fn nested_derivatives(axis: Axis, inner: &Expr) -> (Vec<Axis>, &Expr) {
    let (mut axes, mut innermost) = (vec![axis], inner);
    while let Node::Derivative(axis, inner) = innermost.node() {
        axes.push(*axis);
        innermost = inner;
    }
    (axes, innermost)
}

/// A number, with `i` as its imaginary unit.
pub(super) fn number(value: Complex64) -> String {
    let imaginary = |im: f64| if im == 1.0 { "i".to_owned() } else { format!("{im}i") };
    match (value.re, value.im) {
        (re, 0.0) => format!("{re}"),
        (0.0, im) => imaginary(im),
        (re, im) => {
            format!("({re} {} {})", if im < 0.0 { '-' } else { '+' }, imaginary(im.abs()))
        }
    }
}

fn factor((base, power): &(Expr, i32)) -> String {
    let base = match base.node() {
        Node::Field(symbol, MultiIndex::ZERO) => symbol.name.clone(),
        Node::Field(symbol, derivative) => format!("{derivative}({})", symbol.name),
        Node::Derivative(axis, inner) => {
            let (axes, innermost) = nested_derivatives(*axis, inner);
            format!("d{}({innermost})", axes.into_iter().map(Axis::letter).collect::<String>())
        }
        Node::Sqrt(inner) => format!("sqrt({inner})"),
        _ => format!("({base})"),
    };
    if *power == 1 { base } else { format!("{base}^{power}") }
}

fn product(factors: &[(Expr, i32)]) -> String {
    factors.iter().map(factor).collect::<Vec<_>>().join(" ")
}

fn unsigned(layout: &Layout) -> String {
    let shown = (layout.number != Complex64::ONE).then(|| number(layout.number));
    let above = (!layout.above.is_empty()).then(|| product(&layout.above));
    let fields = (!layout.fields.is_empty()).then(|| product(&layout.fields));
    let join = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let coefficient = join([shown, above]);
    let one_if_empty = |text: String| if text.is_empty() { "1".to_owned() } else { text };
    match (layout.below.len(), fields) {
        (0, fields) => one_if_empty(join([Some(coefficient).filter(|text| !text.is_empty()), fields])),
        (count, fields) => {
            let below = product(&layout.below);
            let below = if count == 1 { below } else { format!("({below})") };
            let fraction = format!("{}/{below}", one_if_empty(coefficient));
            match fields {
                Some(fields) => format!("({fraction}) {fields}"),
                None => fraction,
            }
        }
    }
}

impl fmt::Display for Expr {
    /// `dx(..)` is a derivative, a space multiplies, `i` is the imaginary unit.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&signed_sum(self, unsigned))
    }
}

impl fmt::Display for Equation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} = 0", self.residual)
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(equation.to_string())
}
