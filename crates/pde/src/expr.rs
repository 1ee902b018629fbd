//! Symbolic expressions: immutable trees that simplify themselves as they are built.
//!
//! Sums and products are flat, like terms and equal factors are merged, and zeros and ones vanish. The derivative of
//! something along an axis on which it does not depend is zero. Terms keep the order in which they were written, so
//! an equation prints as it was declared; equality ignores that order.

use std::sync::Arc;

use num_complex::Complex64;

use crate::error::PdeError;
use crate::symbol::{Axis, MultiIndex, Role, Symbol};

const ONE: Complex64 = Complex64::ONE;

/// A symbolic expression, cheap to clone.
///
/// ```
/// use pde::{Axis, Expr, Symbol};
/// let u = Expr::symbol(&Symbol::unknown("u", &[Axis::X], "Pa"));
/// let e = Expr::symbol(&Symbol::coefficient("e_x", &[Axis::X], "1"));
/// let flux = (&u.d(Axis::X) / &e).d(Axis::X);
/// assert_eq!(flux.to_string(), "dx((1/e_x) dx(u))");
/// assert_eq!(flux.expand().to_string(), "(1/e_x) dxx(u) - (1/e_x^2) dx(u) dx(e_x)");
/// ```
#[derive(Debug, Clone)]
pub struct Expr(Arc<Node>);

/// One node of an [`Expr`], for readings written outside this crate.
#[derive(Debug, Clone)]
pub enum Node {
    /// A number.
    Constant(Complex64),
    /// A partial derivative (or the value, at [`MultiIndex::ZERO`]) of a symbol.
    Field(Arc<Symbol>, MultiIndex),
    /// The derivative of a composed expression, not yet expanded.
    Derivative(Axis, Expr),
    /// A sum of two terms or more.
    Sum(Vec<Expr>),
    /// A product of two factors or more; a number comes first.
    Product(Vec<Expr>),
    /// An integer power other than 0 and 1.
    Power(Expr, i32),
    /// The square root; of a real number of 0 or more, or the principal one of a complex number.
    Sqrt(Expr),
}

/// The values of symbols and of their partial derivatives at a point.
///
/// `at` follows the order of the equation's axes: `[x, z]` in 2-D, `[x, z, t]` if time is among them. A closure of
/// the same signature is an environment.
pub trait Environment {
    /// The value of a partial derivative of a symbol, or `None` if it is not known.
    fn value(&self, symbol: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64>;
}

impl<F: Fn(&str, &MultiIndex, &[f64]) -> Option<Complex64>> Environment for F {
    fn value(&self, symbol: &str, derivative: &MultiIndex, at: &[f64]) -> Option<Complex64> {
        self(symbol, derivative, at)
    }
}

impl Expr {
    /// A number.
    pub fn constant(value: impl Into<Complex64>) -> Self {
        Self(Arc::new(Node::Constant(value.into())))
    }

    /// The number 0.
    pub fn zero() -> Self {
        Self::constant(0.0)
    }

    /// The number 1.
    pub fn one() -> Self {
        Self::constant(1.0)
    }

    /// The value of a symbol.
    pub fn symbol(symbol: &Symbol) -> Self {
        Self::field(Arc::new(symbol.clone()), MultiIndex::ZERO)
    }

    pub(crate) fn field(symbol: Arc<Symbol>, derivative: MultiIndex) -> Self {
        Self(Arc::new(Node::Field(symbol, derivative)))
    }

    /// The node at the root.
    pub fn node(&self) -> &Node {
        &self.0
    }

    /// The number, if this is a number.
    pub fn as_constant(&self) -> Option<Complex64> {
        match self.node() {
            Node::Constant(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is the number 0.
    pub fn is_zero(&self) -> bool {
        self.as_constant() == Some(Complex64::ZERO)
    }

    /// Whether this is the number 1.
    pub fn is_one(&self) -> bool {
        self.as_constant() == Some(ONE)
    }

    /// The sum of terms.
    pub fn sum(terms: impl IntoIterator<Item = Self>) -> Self {
        let mut merged: Vec<(Complex64, Self)> = Vec::new();
        let mut pending: Vec<Self> = terms.into_iter().collect();
        pending.reverse();
        while let Some(term) = pending.pop() {
            if let Node::Sum(inner) = term.node() {
                pending.extend(inner.iter().rev().cloned());
                continue;
            }
            let (number, rest) = term.split_number();
            match merged.iter_mut().find(|(_, known)| *known == rest) {
                Some((total, _)) => *total += number,
                None => merged.push((number, rest)),
            }
        }
        merged.retain(|(number, _)| *number != Complex64::ZERO);
        let mut terms: Vec<Self> =
            merged.into_iter().map(|(number, rest)| Self::product([Self::constant(number), rest])).collect();
        match terms.len() {
            0 => Self::zero(),
            1 => terms.remove(0),
            _ => Self(Arc::new(Node::Sum(terms))),
        }
    }

    /// The product of factors.
    pub fn product(factors: impl IntoIterator<Item = Self>) -> Self {
        let mut number = ONE;
        let mut merged: Vec<(Self, i32)> = Vec::new();
        let mut pending: Vec<Self> = factors.into_iter().collect();
        pending.reverse();
        while let Some(factor) = pending.pop() {
            let (base, power) = match factor.node() {
                Node::Constant(value) => {
                    number *= value;
                    continue;
                }
                Node::Product(inner) => {
                    pending.extend(inner.iter().rev().cloned());
                    continue;
                }
                Node::Power(base, power) => (base.clone(), *power),
                _ => (factor, 1),
            };
            match merged.iter_mut().find(|(known, _)| *known == base) {
                Some((_, total)) => *total = total.saturating_add(power),
                None => merged.push((base, power)),
            }
        }
        if number == Complex64::ZERO {
            return Self::zero();
        }
        let mut factors: Vec<Self> =
            merged.iter().filter(|(_, power)| *power != 0).map(|(base, power)| base.powi(*power)).collect();
        match (factors.len(), number == ONE) {
            (0, _) => Self::constant(number),
            (1, true) => factors.remove(0),
            (1, false) if matches!(factors[0].node(), Node::Sum(_)) => {
                let Node::Sum(terms) = factors[0].node() else { unreachable!("matched above") };
                Self::sum(terms.iter().map(|term| Self::product([Self::constant(number), term.clone()])))
            }
            (_, true) => Self(Arc::new(Node::Product(factors))),
            (_, false) => {
                factors.insert(0, Self::constant(number));
                Self(Arc::new(Node::Product(factors)))
            }
        }
    }

    /// An integer power.
    #[must_use]
    pub fn powi(&self, power: i32) -> Self {
        match (power, self.node()) {
            (0, _) => Self::one(),
            (1, _) => self.clone(),
            (_, Node::Constant(value)) => Self::constant(value.powi(power)),
            (_, Node::Power(base, inner)) => base.powi(inner.saturating_mul(power)),
            (_, Node::Sqrt(base)) if power % 2 == 0 => base.powi(power / 2),
            (_, Node::Product(factors)) => Self::product(factors.iter().map(|factor| factor.powi(power))),
            _ => Self(Arc::new(Node::Power(self.clone(), power))),
        }
    }

    /// The square root.
    ///
    /// ```
    /// let delta = pde::Expr::symbol(&pde::Symbol::parameter("delta", &[pde::Axis::Z], "1"));
    /// let root = (pde::Expr::one() + &delta * 2.0).sqrt();
    /// assert_eq!(root.to_string(), "sqrt(1 + 2 delta)");
    /// assert_eq!((&root * &root).to_string(), "1 + 2 delta");
    /// ```
    #[must_use]
    pub fn sqrt(&self) -> Self {
        match self.as_constant() {
            Some(value) => Self::constant(value.sqrt()),
            None => Self(Arc::new(Node::Sqrt(self.clone()))),
        }
    }

    /// The partial derivative along `axis`; that of a composed expression stays unexpanded.
    #[must_use]
    pub fn d(&self, axis: Axis) -> Self {
        if !self.depends_on(axis) {
            return Self::zero();
        }
        if let Node::Field(symbol, derivative) = self.node() {
            return Self::field(Arc::clone(symbol), derivative.with(axis));
        }
        let (varying, still): (Vec<&Self>, Vec<&Self>) =
            self.factors().iter().partition(|factor| factor.depends_on(axis));
        match varying[..] {
            // The other factors are pulled out only if the rest is a single symbol: d/dx [(e_z / e_x) du/dx] must
            // remain a flux.
            [symbol] if matches!(symbol.node(), Node::Field(..)) => {
                Self::product(still.into_iter().cloned()) * symbol.d(axis)
            }
            _ => {
                let (number, rest) = self.split_number();
                Self::constant(number) * Self(Arc::new(Node::Derivative(axis, rest)))
            }
        }
    }

    /// The partial derivative of any order.
    #[must_use]
    pub fn partial(&self, derivative: MultiIndex) -> Self {
        derivative.axes().fold(self.clone(), |inner, axis| inner.d(axis))
    }

    /// Whether any symbol in this varies along `axis`.
    pub fn depends_on(&self, axis: Axis) -> bool {
        self.any_field(&mut |symbol, _| symbol.depends_on.contains(&axis))
    }

    /// Whether the symbol or one of its derivatives occurs.
    pub fn contains(&self, symbol: &str) -> bool {
        self.any_field(&mut |found, _| found.name == symbol)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The symbols that occur, in the order of first occurrence.
    pub fn symbols(&self) -> Vec<Symbol> {
        let mut found: Vec<Symbol> = Vec::new();
        self.any_field(&mut |symbol, _| {
            if !found.contains(symbol) {
                found.push(symbol.clone());
            }
            false
        });
        found
    }

    /// The expression with every symbol `name` replaced by `replacement`, and its derivatives by those of
    /// `replacement`.
    #[must_use]
    pub fn substitute(&self, name: &str, replacement: &Self) -> Self {
        match self.node() {
            Node::Field(symbol, derivative) if symbol.name == name => replacement.partial(*derivative),
            _ => self.rebuild(|child| child.substitute(name, replacement)),
        }
    }

    /// The value at a point.
    ///
    /// # Errors
    /// [`PdeError::NoValue`] if the environment lacks a symbol or a derivative.
    pub fn eval(&self, env: &dyn Environment, at: &[f64]) -> Result<Complex64, PdeError> {
        match self.node() {
            Node::Constant(value) => Ok(*value),
            Node::Field(symbol, derivative) => env.value(&symbol.name, derivative, at).ok_or_else(|| {
                PdeError::NoValue { symbol: symbol.name.clone(), derivative: *derivative, at: at.to_vec() }
            }),
            Node::Derivative(..) => self.expand().eval(env, at),
            Node::Sum(terms) => {
                terms.iter().try_fold(Complex64::ZERO, |sum, term| Ok(sum + term.eval(env, at)?))
            }
            Node::Product(factors) => {
                factors.iter().try_fold(ONE, |product, factor| Ok(product * factor.eval(env, at)?))
            }
            Node::Power(base, power) => Ok(base.eval(env, at)?.powi(*power)),
            Node::Sqrt(base) => Ok(base.eval(env, at)?.sqrt()),
        }
    }

    /// The same node with `change` applied to each of its children.
    pub(crate) fn rebuild(&self, change: impl Fn(&Self) -> Self) -> Self {
        match self.node() {
            Node::Constant(_) | Node::Field(..) => self.clone(),
            Node::Derivative(axis, inner) => change(inner).d(*axis),
            Node::Sum(terms) => Self::sum(terms.iter().map(change)),
            Node::Product(factors) => Self::product(factors.iter().map(change)),
            Node::Power(base, power) => change(base).powi(*power),
            Node::Sqrt(base) => change(base).sqrt(),
        }
    }

    /// Visits every field until `found` returns true.
    pub(crate) fn any_field(&self, found: &mut impl FnMut(&Symbol, MultiIndex) -> bool) -> bool {
        match self.node() {
            Node::Constant(_) => false,
            Node::Field(symbol, derivative) => found(symbol, *derivative),
            Node::Derivative(_, inner) | Node::Power(inner, _) | Node::Sqrt(inner) => inner.any_field(found),
            Node::Sum(children) | Node::Product(children) => {
                children.iter().any(|child| child.any_field(found))
            }
        }
    }

    /// The leading number of a product, and the remaining factors.
    #[must_use]
    pub fn split_number(&self) -> (Complex64, Self) {
        match self.node() {
            Node::Constant(value) => (*value, Self::one()),
            Node::Product(factors) => match factors[0].as_constant() {
                Some(number) => (number, Self::product(factors[1..].iter().cloned())),
                None => (ONE, self.clone()),
            },
            _ => (ONE, self.clone()),
        }
    }

    /// The factors of a product, or the expression itself.
    pub(crate) fn factors(&self) -> &[Self] {
        match self.node() {
            Node::Product(factors) => factors,
            _ => std::slice::from_ref(self),
        }
    }

    /// The terms of a sum, or the expression itself.
    pub(crate) fn terms(&self) -> &[Self] {
        match self.node() {
            Node::Sum(terms) => terms,
            _ => std::slice::from_ref(self),
        }
    }

    /// The only factor in which a symbol occurs, and the product of the others; `None` if the symbol occurs in
    /// several.
    pub(crate) fn linear_factor(&self, symbol: &str) -> Option<(&Self, Self)> {
        let (containing, others): (Vec<&Self>, Vec<&Self>) =
            self.factors().iter().partition(|factor| factor.contains(symbol));
        match containing[..] {
            [factor] => Some((factor, Self::product(others.into_iter().cloned()))),
            _ => None,
        }
    }

    /// Whether this is a wavefield or a derivative, which is written last in a product.
    pub(crate) fn is_acted_on(&self) -> bool {
        match self.node() {
            Node::Field(symbol, derivative) => symbol.role == Role::Unknown || !derivative.is_zero(),
            Node::Derivative(..) => true,
            _ => false,
        }
    }
}
