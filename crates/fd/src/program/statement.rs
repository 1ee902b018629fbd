//! The parts of a program.

use std::sync::Arc;

use pde::Expr;

use super::difference::{Derivative, Edge};

/// A linear map of the state, as a list of statements that are executed in order.
///
/// Axes are x (0), y (1) and z (2); a program in one dimension has x, one in two dimensions x and z.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The space axes.
    pub axes: Vec<usize>,
    /// Distance between nodes along x, y, z, m.
    pub spacing: [f64; 3],
    /// Time step, s.
    pub step: f64,
    /// Order of accuracy in space.
    pub order: usize,
    /// The variables: fields, their former values, memories of layers, temporary ones.
    pub variables: Vec<Variable>,
    /// The arrays that factors name.
    pub arrays: Vec<Array>,
    /// The profiles that factors name.
    pub profiles: Vec<Profile>,
    /// One step.
    pub statements: Vec<Statement>,
    /// The variable of each unknown of the system, before and after a step.
    pub fields: Vec<usize>,
    /// The names of what may be injected.
    pub given: Vec<String>,
}

/// A variable at every node, or at the nodes of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Along which of x, y, z it stands half a cell up.
    pub half: [bool; 3],
    /// Whether it means nothing between steps.
    pub temporary: bool,
    /// Where it lives; everywhere if absent.
    pub region: Option<Region>,
    /// How it continues above the first z.
    pub edge: Edge,
    /// Whether what is given for it has to be taken half a step after a sample: it belongs to a system of first order, and its
    /// equation sees the new values of others.
    pub between: bool,
}

/// A value at every node, as an expression of parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The expression.
    pub value: Expr,
    /// The expression on the first z instead, where a surface changes it.
    pub surface: Option<Expr>,
    /// Along which of x, y, z its nodes are half a cell up; it has the harmonic mean of the nodes' values there.
    pub half: [bool; 3],
    /// Its values at its nodes, if they belong to the grid and not to the parameters.
    pub fixed: Option<Arc<[f64]>>,
}

/// A value that depends on the place along one axis only, and is zero outside its region.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its region.
    pub region: Region,
    /// Its values, one a node of the region.
    pub values: Vec<f64>,
}

/// The nodes `from..to` of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region {
    /// The axis.
    pub axis: usize,
    /// The first node.
    pub from: usize,
    /// The node after the last.
    pub to: usize,
}

/// What a factor varies with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing.
    One,
    /// The array with this place in [`Program::arrays`].
    Array(usize),
    /// The profile with this place in [`Program::profiles`].
    Profile(usize),
}

/// A number times a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// The number.
    pub number: f64,
    /// The value.
    pub value: Value,
}

impl Factor {
    /// 1.
    pub const ONE: Self = Self::number(1.0);
    /// 0.
    pub const ZERO: Self = Self::number(0.0);

    /// A number.
    #[must_use]
    pub const fn number(number: f64) -> Self {
        Self { number, value: Value::One }
    }

    /// The array that it varies with.
    #[must_use]
    pub fn array(self) -> Option<usize> {
        if let Value::Array(array) = self.value { Some(array) } else { None }
    }
}

/// Where waves enter and leave a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// A given field of the system, by its place in [`Program::given`].
    Given(usize),
    /// An unknown of the system, by its place in [`Program::fields`].
    Unknown(usize),
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
        /// Where; everywhere if absent.
        region: Option<Region>,
    },
    /// Two variables change names.
    Swap(usize, usize),
    /// Adds the present sample of a channel at its points, times a factor.
    Inject {
        /// The variable that changes.
        into: usize,
        /// The factor at the nodes.
        factor: Factor,
        /// The channel.
        channel: Channel,
    },
    /// Samples a variable, times a factor, at the points of a channel.
    Record {
        /// The variable.
        of: usize,
        /// The factor at the nodes.
        factor: Factor,
        /// The channel.
        channel: Channel,
    },
    /// `sum += number left right`: the derivative by an array, from an adjoint variable and what it multiplied.
    Correlate {
        /// The sum.
        sum: usize,
        /// A number.
        number: f64,
        /// One variable.
        left: usize,
        /// The other.
        right: usize,
    },
}

/// A variable, or a derivative of one, times a factor. The factor of a derivative is a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The factor.
    pub factor: Factor,
    /// The derivative.
    pub derivative: Option<Derivative>,
    /// The variable.
    pub of: usize,
}

impl Term {
    /// A variable times a factor.
    #[must_use]
    pub fn of(of: usize, factor: Factor) -> Self {
        Self { factor, derivative: None, of }
    }
}

impl Statement {
    /// `into = keep into + factor of`.
    #[must_use]
    pub fn add(into: usize, keep: f64, factor: Factor, of: usize) -> Self {
        let terms = vec![Term::of(of, factor)];
        Self::Update { into, keep: Factor::number(keep), terms, region: None }
    }

    /// The same statement in a region.
    #[must_use]
    pub fn within(mut self, within: Region) -> Self {
        if let Self::Update { region, .. } = &mut self {
            *region = Some(within);
        }
        self
    }
}

impl Program {
    /// The variables that are the state between steps.
    pub fn state(&self) -> impl Iterator<Item = usize> {
        (0..self.variables.len()).filter(|v| !self.variables[*v].temporary)
    }

    /// A new variable like another one.
    pub(super) fn variable_like(&mut self, other: usize, name: String, temporary: bool) -> usize {
        let variable = Variable { name, temporary, region: None, ..self.variables[other].clone() };
        self.variables.push(variable);
        self.variables.len() - 1
    }

    /// The place of an array, which is added if it is new.
    pub(super) fn array(&mut self, array: Array) -> usize {
        place_of(&mut self.arrays, array)
    }

    /// The place of a profile, which is added if it is new.
    pub(super) fn profile(&mut self, profile: Profile) -> usize {
        place_of(&mut self.profiles, profile)
    }
}

fn place_of<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    })
}
