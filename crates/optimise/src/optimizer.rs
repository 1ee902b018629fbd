//! Optimisers as they are used: asked for a point, and told value and gradient there.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::state::{State, StateError};
use crate::vector::Point;

/// What an optimiser makes of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The point is where the optimiser starts.
    Started,
    /// Another point has to be tried before one is accepted.
    Searching,
    /// A point is accepted, which [`Optimizer::accepted`] returns, after this value.
    Accepted(f64),
    /// No direction leads down.
    Failed,
}

/// Minimises a function of `n` numbers.
pub trait Optimizer<T, E>: Send {
    /// Name in scenarios and checkpoints.
    fn name(&self) -> &'static str;

    /// Keeps the variables within bounds from now on; without this call there are none.
    fn keep_within(&mut self, bounds: Bounds<T>);

    /// The point to be evaluated next: `x` itself, which is where the caller stands, as long as the function is not known there;
    /// `None` where no direction leads down.
    ///
    /// # Errors
    /// Those of the function.
    fn ask(&mut self, x: &[T], curvature: &mut dyn Curvature<T, E>) -> Result<Option<Vec<T>>, E>;

    /// Takes in the point that was asked for, with value and gradient there. The learning rate is for optimisers that do not search
    /// for a step.
    fn tell(&mut self, point: Point<T>, rate: f64, curvature: &mut dyn Curvature<T, E>) -> Outcome;

    /// The point that counts: the last one accepted.
    fn accepted(&self) -> Option<&[T]>;

    /// Number of variables, once it is known.
    fn variables(&self) -> Option<usize>;

    /// Ends a search at the accepted point, where the function is another one from now on; what was learnt of its curvature stays.
    fn settle(&mut self);

    /// Ends a search as [`Optimizer::settle`] does, and forgets what was learnt of the curvature.
    fn forget(&mut self);

    /// All that the optimiser knows.
    fn state(&self) -> State<T>;

    /// Takes up a state.
    ///
    /// # Errors
    /// [`StateError`] for a state of something else.
    fn restore(&mut self, state: State<T>) -> Result<(), StateError>;
}
