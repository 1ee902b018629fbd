//! Declares a system symbol by symbol.

use crate::expr::Expr;
use crate::symbol::{Axis, Dimension, Symbol};
use crate::system::{Condition, Derived, System};

/// A system in the making; each function declares a symbol and returns it as an expression.
pub(crate) struct Builder {
    system: System,
}

impl Builder {
    pub(crate) fn new(name: &str, dimension: Dimension) -> Builder {
        let (unknowns, parameters, given) = (Vec::new(), Vec::new(), Vec::new());
        let (derived, residuals, surface) = (Vec::new(), Vec::new(), Vec::new());
        Builder {
            system: System {
                name: name.to_owned(),
                dimension,
                unknowns,
                parameters,
                given,
                derived,
                residuals,
                surface,
                conditions: Vec::new(),
            },
        }
    }

    pub(crate) fn dimension(&self) -> Dimension {
        self.system.dimension
    }

    fn space_and_time(&self) -> Vec<Axis> {
        [self.system.dimension.axes(), &[Axis::T]].concat()
    }

    /// The names of the components of a vector.
    fn components(&self, name: &str) -> Vec<String> {
        self.system.dimension.axes().iter().map(|axis| format!("{name}_{}", axis.letter())).collect()
    }

    pub(crate) fn unknown(&mut self, name: &str, unit: &str) -> Expr {
        let symbol = Symbol::unknown(name, &self.space_and_time(), unit);
        self.system.unknowns.push(symbol.clone());
        Expr::symbol(&symbol)
    }

    pub(crate) fn unknown_vector(&mut self, name: &str, unit: &str) -> Vec<Expr> {
        self.components(name).iter().map(|name| self.unknown(name, unit)).collect()
    }

    pub(crate) fn parameter(&mut self, name: &str, unit: &str) -> Expr {
        let symbol = Symbol::parameter(name, self.system.dimension.axes(), unit);
        self.system.parameters.push(symbol.clone());
        Expr::symbol(&symbol)
    }

    pub(crate) fn given(&mut self, name: &str, unit: &str) -> Expr {
        let symbol = Symbol::coefficient(name, &self.space_and_time(), unit);
        self.system.given.push(symbol.clone());
        Expr::symbol(&symbol)
    }

    pub(crate) fn given_vector(&mut self, name: &str, unit: &str) -> Vec<Expr> {
        self.components(name).iter().map(|name| self.given(name, unit)).collect()
    }

    pub(crate) fn number(&mut self, name: &str, unit: &str) -> Expr {
        let symbol = Symbol::coefficient(name, &[], unit);
        self.system.given.push(symbol.clone());
        Expr::symbol(&symbol)
    }

    pub(crate) fn derived(&mut self, name: &str, unit: &str, value: Expr) -> Expr {
        let symbol = Symbol::coefficient(name, self.system.dimension.axes(), unit);
        self.system.derived.push(Derived { symbol: symbol.clone(), value });
        Expr::symbol(&symbol)
    }

    pub(crate) fn residual(&mut self, residual: Expr) {
        self.system.residuals.push(residual);
    }

    /// The unknowns that vanish at a free surface, as far as there are such.
    pub(crate) fn surface(&mut self, names: &[&str]) {
        let known = names.iter().filter(|name| self.system.unknown(name).is_some());
        self.system.surface = known.map(|name| (*name).to_owned()).collect();
    }

    /// Something that has to be positive.
    pub(crate) fn positive(&mut self, value: Expr, says: &str) {
        self.system.conditions.push(Condition { value, or_zero: false, says: says.to_owned() });
    }

    /// Something that may not be negative.
    pub(crate) fn not_negative(&mut self, value: Expr, says: &str) {
        self.system.conditions.push(Condition { value, or_zero: true, says: says.to_owned() });
    }

    pub(crate) fn finish(self) -> System {
        self.system
    }
}
