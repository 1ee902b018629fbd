//! A system: several unknowns, several residuals that are zero where the physics holds.

use std::fmt;

use crate::error::PdeError;
use crate::expr::Expr;
use crate::lower::unit_of;
use crate::symbol::{Dimension, Symbol};
use crate::unit::Unit;

/// A linear system of wave equations; stepping, layers, adjoint, gradients, stability and residuals start from it.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// Its name in the catalogue.
    pub name: String,
    /// The number of space dimensions.
    pub dimension: Dimension,
    /// The fields to solve for.
    pub unknowns: Vec<Symbol>,
    /// The properties of the medium that users think in, such as vp, vs and rho; an inversion may estimate them.
    pub parameters: Vec<Symbol>,
    /// Given fields (sources) and numbers.
    pub given: Vec<Symbol>,
    /// Coefficients as expressions of the parameters, each of those before it too.
    pub derived: Vec<Derived>,
    /// The expressions that are zero where the physics holds, one for each unknown.
    pub residuals: Vec<Expr>,
    /// The names of the unknowns that vanish at a free surface at the top; empty where the system has none.
    pub surface: Vec<String>,
    /// What the parameters have to satisfy at every point.
    pub conditions: Vec<Condition>,
}

/// An inequality of the parameters without which the equations have no waves, or growing ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What has to be positive.
    pub value: Expr,
    /// Whether it may be zero.
    pub or_zero: bool,
    /// What a user has to know; may be empty.
    pub says: String,
}

impl Condition {
    /// Whether a value satisfies it.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        value > 0.0 || (self.or_zero && value == 0.0)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} 0", self.value, if self.or_zero { ">=" } else { ">" })
    }
}

/// A coefficient that follows from the parameters, such as mu = rho vs^2.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Its name and unit.
    pub symbol: Symbol,
    /// Its value.
    pub value: Expr,
}

impl Derived {
    /// Checks that a coefficient has the unit of its value.
    pub(crate) fn check(&self) -> Result<(), PdeError> {
        let Derived { symbol, value } = self;
        let (unit, other) = (Unit::parse(&symbol.unit)?, unit_of(value)?);
        if unit == other {
            return Ok(());
        }
        let (first, term) = (symbol.name.clone(), value.to_string());
        let (unit, other) = (unit.to_string(), other.to_string());
        Err(PdeError::UnitsDiffer { first, unit, term, other })
    }
}

impl System {
    /// The residuals in terms of the parameters alone, without derived coefficients.
    #[must_use]
    pub fn resolved(&self) -> Vec<Expr> {
        self.residuals.iter().map(|residual| self.resolve(residual)).collect()
    }

    /// An expression in terms of the parameters alone.
    #[must_use]
    pub fn resolve(&self, expr: &Expr) -> Expr {
        let replace = |expr: Expr, derived: &Derived| expr.substitute(&derived.symbol.name, &derived.value);
        self.derived.iter().rev().fold(expr.clone(), replace)
    }

    /// The unknown with this name, by its place.
    #[must_use]
    pub fn unknown(&self, name: &str) -> Option<usize> {
        self.unknowns.iter().position(|symbol| symbol.name == name)
    }

    /// Checks that names are unique, that there is a residual for each unknown, and the units of every term.
    ///
    /// # Errors
    /// [`PdeError::NameTwice`], [`PdeError::ResidualCount`], [`PdeError::UnitsDiffer`], [`PdeError::UnknownUnit`].
    pub fn check(&self) -> Result<(), PdeError> {
        let mut names: Vec<&str> = Vec::new();
        for symbol in self.symbols() {
            if names.contains(&symbol.name.as_str()) {
                return Err(PdeError::NameTwice { name: symbol.name.clone() });
            }
            names.push(&symbol.name);
        }
        if self.residuals.len() != self.unknowns.len() {
            let (found, expected) = (self.residuals.len(), self.unknowns.len());
            return Err(PdeError::ResidualCount { found, expected });
        }
        for name in &self.surface {
            if self.unknown(name).is_none() {
                return Err(PdeError::UnknownSymbol {
                    column: 1,
                    name: name.clone(),
                    known: self.unknown_names(),
                });
            }
        }
        self.derived.iter().try_for_each(Derived::check)?;
        for condition in &self.conditions {
            unit_of(&condition.value)?;
        }
        self.residuals.iter().try_for_each(|residual| unit_of(residual).map(drop))
    }

    /// The names of the unknowns.
    pub(crate) fn unknown_names(&self) -> Vec<String> {
        self.unknowns.iter().map(|symbol| symbol.name.clone()).collect()
    }

    /// Every declared symbol: unknowns, parameters, given and derived.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        let derived = self.derived.iter().map(|derived| &derived.symbol);
        self.unknowns.iter().chain(&self.parameters).chain(&self.given).chain(derived)
    }
}

impl fmt::Display for System {
    /// The text that [`System::parse`] reads.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [("unknown", &self.unknowns), ("parameter", &self.parameters), ("given", &self.given)];
        for (kind, symbols) in kinds {
            for symbol in symbols {
                let constant = if symbol.depends_on.is_empty() { "constant " } else { "" };
                writeln!(out, "{constant}{kind} {} [{}]", symbol.name, symbol.unit)?;
            }
        }
        for Derived { symbol, value } in &self.derived {
            writeln!(out, "let {} [{}] = {value}", symbol.name, symbol.unit)?;
        }
        if !self.surface.is_empty() {
            writeln!(out, "surface {}", self.surface.join(", "))?;
        }
        for condition in &self.conditions {
            write!(out, "require {condition}")?;
            writeln!(out, "{}{}", if condition.says.is_empty() { "" } else { ": " }, condition.says)?;
        }
        self.residuals.iter().try_for_each(|residual| writeln!(out, "{residual} = 0"))
    }
}
