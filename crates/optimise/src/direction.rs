//! Descent directions, and what they learn from a step.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::real::Real;
use crate::state::{Rows, State, StateError};
use crate::vector::Point;

pub mod conjugate_gradients;
pub mod gauss_newton;
pub mod lbfgs;

/// The start of an iteration.
#[derive(Debug, Clone, Copy)]
pub struct Iterate<'a, T> {
    /// The point with value and gradient.
    pub point: &'a Point<T>,
    /// Which variables are free to move.
    pub free: &'a [bool],
    /// The direction of steepest descent in the free variables.
    pub steepest: &'a [T],
    /// Bounds on the variables.
    pub bounds: &'a Bounds<T>,
    /// Factor on first steps: below 1 after a search along the gradient has failed.
    pub shrink: f64,
}

impl<T: Real> Iterate<'_, T> {
    /// The initial step along a direction when nothing is known about the curvature.
    #[must_use]
    pub fn first_step(&self, direction: &[T]) -> f64 {
        self.shrink * self.bounds.first_step(&self.point.x, direction)
    }
}

/// A direction with the settings of its line search.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal<T> {
    /// The direction, zero in variables that are not free.
    pub direction: Vec<T>,
    /// The initial step.
    pub step: f64,
    /// Largest number of trials.
    pub trials: usize,
    /// Whether an acceptable step is improved towards the minimum along the path. This is for directions without a natural length,
    /// and for methods that depend on accurate line searches.
    pub refine: bool,
}

/// An accepted step.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a, T> {
    /// The point before it.
    pub before: &'a Point<T>,
    /// The point after it.
    pub after: &'a Point<T>,
    /// Its direction.
    pub direction: &'a [T],
    /// Its length as a multiple of the direction.
    pub length: f64,
}

/// A rule for descent directions.
pub trait Direction<T, E>: Send {
    /// Name in scenarios and checkpoints.
    fn name(&self) -> &'static str;

    /// The direction at a point.
    ///
    /// # Errors
    /// Those of the function.
    fn propose(&mut self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Result<Proposal<T>, E>;

    /// Another direction at the same point, after the search along `failed` found no lower value; `None` if it would be the same
    /// direction. At each point this is called at most once.
    fn propose_again(&mut self, at: Iterate<T>, failed: &[T]) -> Option<Proposal<T>>;

    /// Learns from a step.
    fn learn(&mut self, _step: Step<T>) {}

    /// Discards curvature information, because the function changes.
    fn forget(&mut self);

    /// Appends the state.
    fn write(&self, state: &mut State<T>);

    /// Restores the state for this number of variables.
    ///
    /// # Errors
    /// [`StateError`] for a state of another optimiser.
    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError>;
}
