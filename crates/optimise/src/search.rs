//! Step rules: line searches that receive one trial at a time.

use crate::bounds::Bounds;
use crate::direction::Proposal;
use crate::real::Real;
use crate::state::{Rows, State, StateError};
use crate::vector::{Point, difference, dot};

pub mod armijo;
pub mod wolfe;

/// The projected path along a direction.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a, T> {
    /// Its start.
    pub start: &'a Point<T>,
    /// Its direction.
    pub direction: &'a [T],
    /// The bounds that the path is projected onto.
    pub bounds: &'a Bounds<T>,
}

impl<T: Real> Line<'_, T> {
    /// The point after a step.
    #[must_use]
    pub fn at(&self, step: f64) -> Vec<T> {
        let moved = |(x, d): (&T, &T)| *x + T::of(step * d.double());
        let mut x: Vec<T> = self.start.x.iter().zip(self.direction).map(moved).collect();
        self.bounds.project(&mut x);
        x
    }

    /// The change of the function at a point as predicted by the gradient at the start.
    #[must_use]
    pub fn promise(&self, x: &[T]) -> f64 {
        dot(&self.start.gradient, &difference(x, &self.start.x))
    }
}

/// The next action of a search.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<T> {
    /// Evaluate the point [`Search::trial`].
    Try,
    /// Accept this point; the number is its step.
    Take(Point<T>, f64),
    /// No step along the direction was found to lower the function.
    Fail,
}

/// A line search.
pub trait Search<T>: Send {
    /// Starts along a line. Returns [`Next::Try`] or [`Next::Fail`].
    fn begin(&mut self, line: Line<T>, proposal: &Proposal<T>) -> Next<T>;

    /// The point to evaluate.
    fn trial(&self, line: Line<T>) -> Vec<T>;

    /// Processes the trial.
    fn tell(&mut self, line: Line<T>, trial: Point<T>) -> Next<T>;

    /// Appends the state of the search.
    fn write(&self, state: &mut State<T>);

    /// Restores the state of the search for this number of variables.
    ///
    /// # Errors
    /// [`StateError`] for a state of another search.
    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError>;
}
