//! An equation: a named residual that is zero where the physics holds.

use crate::error::PdeError;
use crate::expr::Expr;
use crate::symbol::{Axis, Dimension, Symbol};

/// A residual with its unknown and its parameters; all readings start from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Equation {
    /// Its name in the catalogue.
    pub name: String,
    /// The number of space dimensions.
    pub dimension: Dimension,
    /// The field to solve for.
    pub unknown: Symbol,
    /// The fields that an inversion may estimate.
    pub parameters: Vec<Symbol>,
    /// The expression that is zero where the physics holds.
    pub residual: Expr,
}

impl Equation {
    /// The axes of a point, in order: those on which the unknown depends, time last.
    pub fn axes(&self) -> &[Axis] {
        &self.unknown.depends_on
    }

    /// Whether time is among the axes.
    pub fn in_time(&self) -> bool {
        self.axes().contains(&Axis::T)
    }

    /// Every symbol of the residual, in the order of first occurrence.
    pub fn symbols(&self) -> Vec<Symbol> {
        self.residual.symbols()
    }

    /// The parameter with this name.
    ///
    /// # Errors
    /// [`PdeError::NoParameter`] with the names of the parameters that exist.
    pub fn parameter(&self, name: &str) -> Result<&Symbol, PdeError> {
        self.parameters.iter().find(|symbol| symbol.name == name).ok_or_else(|| PdeError::NoParameter {
            equation: self.name.clone(),
            name: name.to_owned(),
            known: self.parameters.iter().map(|symbol| symbol.name.clone()).collect(),
        })
    }
}
