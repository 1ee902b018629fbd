//! Expressions as LaTeX.

use num_complex::Complex64;

use crate::equation::Equation;
use crate::error::PdeError;
use crate::expr::{Expr, Node};
use crate::lower::text::{Layout, nested_derivatives, number, signed_sum};
use crate::symbol::{Axis, MultiIndex};

const GREEK: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho",
    "sigma", "tau", "phi", "chi", "psi", "omega",
];

impl Expr {
    /// The expression for LaTeX's math mode.
    ///
    /// ```
    /// use pde::{Axis, Expr, Symbol};
    /// let u0 = Expr::symbol(&Symbol::coefficient("u0", &[Axis::Z], "Pa"));
    /// assert_eq!(u0.d(Axis::Z).to_latex(), r"\frac{\partial u_0}{\partial z}");
    /// ```
    pub fn to_latex(&self) -> String {
        signed_sum(self, unsigned)
    }
}

impl Equation {
    /// The equation for LaTeX's math mode.
    pub fn to_latex(&self) -> String {
        format!("{} = 0", self.residual.to_latex())
    }
}

fn unsigned(layout: &Layout) -> String {
    let mut parts: Vec<String> = Vec::new();
    if layout.number != Complex64::ONE {
        parts.push(number(layout.number).replace('i', r"\mathrm{i}"));
    }
    parts.extend(layout.above.iter().map(factor));
    let below: Vec<String> = layout.below.iter().map(factor).collect();
    if !below.is_empty() {
        let above = if parts.is_empty() { "1".to_owned() } else { parts.join(r"\,") };
        parts = vec![format!(r"\frac{{{above}}}{{{}}}", below.join(r"\,"))];
    }
    parts.extend(layout.fields.iter().map(factor));
    if parts.is_empty() { "1".to_owned() } else { parts.join(r"\,") }
}

fn factor((base, power): &(Expr, i32)) -> String {
    let plain = match base.node() {
        Node::Field(symbol, MultiIndex::ZERO) => name(&symbol.name),
        Node::Field(symbol, derivative) => {
            let along: Vec<Axis> = derivative.axes().collect();
            let text = fraction(&along, &format!(" {}", name(&symbol.name)));
            if *power == 1 { text } else { parenthesised(&text) }
        }
        Node::Derivative(axis, inner) => {
            let (axes, innermost) = nested_derivatives(*axis, inner);
            let text = format!("{}{}", fraction(&axes, ""), parenthesised(&innermost.to_latex()));
            if *power == 1 { text } else { parenthesised(&text) }
        }
        Node::Sqrt(inner) => format!(r"\sqrt{{{}}}", inner.to_latex()),
        _ => parenthesised(&base.to_latex()),
    };
    match power {
        1 => plain,
        0..10 => format!("{plain}^{power}"),
        _ => format!("{plain}^{{{power}}}"),
    }
}

fn parenthesised(text: &str) -> String {
    format!(r"\left({text}\right)")
}

/// `d^n field / (da db ..)`
fn fraction(axes: &[Axis], field: &str) -> String {
    let order = if axes.len() == 1 { String::new() } else { format!("^{}", axes.len()) };
    let below: Vec<String> = axes
        .chunk_by(PartialEq::eq)
        .map(|same| match same.len() {
            1 => format!(r"\partial {}", same[0].letter()),
            count => format!(r"\partial {}^{count}", same[0].letter()),
        })
        .collect();
    format!(r"\frac{{\partial{order}{field}}}{{{}}}", below.join(r"\,"))
}

/// `e_x_re` becomes `e_{x,\mathrm{re}}`, `u0` becomes `u_0`, `delta_m` becomes `\delta m`.
fn name(text: &str) -> String {
    if let Some(of) = text.strip_prefix("delta_") {
        return format!(r"\delta {}", name(of));
    }
    let mut parts = text.split('_');
    let first = parts.next().unwrap_or_default();
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let subscripts: Vec<String> = Some(&first[letters.len()..])
        .filter(|digits| !digits.is_empty())
        .into_iter()
        .chain(parts)
        .map(word)
        .collect();
    match &subscripts[..] {
        [] => word(letters),
        [one] if one.chars().count() == 1 => format!("{}_{one}", word(letters)),
        many => format!("{}_{{{}}}", word(letters), many.join(",")),
    }
}

fn word(text: &str) -> String {
    if GREEK.contains(&text) {
        format!(r"\{text}")
    } else if text.chars().count() > 1 && !text.chars().all(|c| c.is_ascii_digit()) {
        format!(r"\mathrm{{{text}}}")
    } else {
        text.to_owned()
    }
}

pub(super) fn show(equation: &Equation) -> Result<String, PdeError> {
    Ok(equation.to_latex())
}
