//! The parts of a program.

use pde::{Axis, Expr};

use super::difference::Difference;

/// A linear map of the state, as a list of statements that are executed in order.
#[derive(Debug, Clone)]
pub struct Program {
    /// The space axes, in the order of the system.
    pub axes: Vec<Axis>,
    /// Distance between nodes, m.
    pub spacing: f64,
    /// Time step, s.
    pub step: f64,
    /// Order of accuracy in space.
    pub order: usize,
    /// The variables: fields, their former values, temporary ones.
    pub variables: Vec<Variable>,
    /// The arrays that factors name.
    pub arrays: Vec<Array>,
    /// One step.
    pub statements: Vec<Statement>,
    /// The variable of each unknown of the system, before and after a step.
    pub fields: Vec<usize>,
}

/// A variable at every node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Along which axes it stands half a cell up.
    pub half: Vec<bool>,
    /// Whether it means nothing between steps.
    pub temporary: bool,
}

/// A value at every node, as an expression of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The expression.
    pub value: Expr,
    /// Along which axes its nodes are half a cell up. Parameters are averaged there.
    pub half: Vec<bool>,
}

/// A number, or a number times an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// The number.
    pub number: f64,
    /// The array, by its place in [`Program::arrays`].
    pub array: Option<usize>,
}

impl Factor {
    /// A number.
    #[must_use]
    pub fn number(number: f64) -> Self {
        Self { number, array: None }
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `into = keep into + sum of terms`.
    Update {
        /// The variable that changes.
        into: usize,
        /// The factor of its former value.
        keep: Factor,
        /// What is added.
        terms: Vec<Term>,
    },
    /// Two variables change names.
    Swap(usize, usize),
}

/// A variable, or a derivative of one, times a factor. The factor of a derivative is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The factor.
    pub factor: Factor,
    /// The derivative, with the place of its axis.
    pub derivative: Option<(usize, Difference)>,
    /// The variable.
    pub of: usize,
}

impl Program {
    /// The variables that are the state between steps.
    pub fn state(&self) -> impl Iterator<Item = usize> {
        (0..self.variables.len()).filter(|v| !self.variables[*v].temporary)
    }
}
