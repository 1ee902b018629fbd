//! Step rules: searches along a direction that are told one trial after the other.

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
    /// Where it begins.
    pub start: &'a Point<T>,
    /// Its direction.
    pub direction: &'a [T],
    /// Bounds that the path is projected on.
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

    /// The change that the gradient at the start promises at a point.
    #[must_use]
    pub fn promise(&self, x: &[T]) -> f64 {
        dot(&self.start.gradient, &difference(x, &self.start.x))
    }
}

/// What a search does next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<T> {
    /// It tries the point [`Search::trial`].
    Try,
    /// It takes this point, so many times the direction from the start.
    Take(Point<T>, f64),
    /// No step along the direction is known to lower the function.
    Fail,
}

/// A search for a step along a direction.
pub trait Search<T>: Send {
    /// Begins along a line: [`Next::Try`] or [`Next::Fail`].
    fn begin(&mut self, line: Line<T>, proposal: &Proposal<T>) -> Next<T>;

    /// The point that is to be evaluated.
    fn trial(&self, line: Line<T>) -> Vec<T>;

    /// Takes in the trial.
    fn tell(&mut self, line: Line<T>, trial: Point<T>) -> Next<T>;

    /// Adds where the search stands to a state.
    fn write(&self, state: &mut State<T>);

    /// Takes up where a search stood.
    ///
    /// # Errors
    /// [`StateError`] for a state of something else.
    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError>;
}
