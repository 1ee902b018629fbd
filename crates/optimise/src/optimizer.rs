//! The interface of optimisers: ask for a point, tell the value and gradient there.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::state::{State, StateError};
use crate::vector::Point;

/// The result of telling an optimiser about a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// The optimiser starts at this point.
    Started,
    /// Another point must be tried before one is accepted.
    Searching,
    /// A point with this value is accepted; [`Optimizer::accepted`] returns it. For an optimiser without line search the value is
    /// the one before the step.
    Accepted(f64),
    /// No direction gives a decrease.
    Failed,
}

/// Minimises a function of `n` variables.
pub trait Optimizer<T, E>: Send {
    /// Name in scenarios and checkpoints.
    fn name(&self) -> &'static str;

    /// Sets bounds on the variables. There are none by default.
    fn keep_within(&mut self, bounds: Bounds<T>);

    /// The next point to evaluate; `None` if no direction gives a decrease. This is `x`, the current point, as long as the
    /// function value there is not known.
    ///
    /// # Errors
    /// Those of the function.
    fn ask(&mut self, x: &[T], curvature: &mut dyn Curvature<T, E>) -> Result<Option<Vec<T>>, E>;

    /// Passes on the value and gradient at the point that was asked for. Only optimisers without line search use the learning
    /// rate.
    fn tell(&mut self, point: Point<T>, rate: f64, curvature: &mut dyn Curvature<T, E>) -> Outcome;

    /// The last accepted point.
    fn accepted(&self) -> Option<&[T]>;

    /// The number of variables, once it is known.
    fn variables(&self) -> Option<usize>;

    /// Ends the current search at the accepted point, because the function changes. Curvature information is kept.
    fn settle(&mut self);

    /// Ends the current search as [`Optimizer::settle`] does, and discards curvature information.
    fn forget(&mut self);

    /// The complete state.
    fn state(&self) -> State<T>;

    /// Restores a state.
    ///
    /// # Errors
    /// [`StateError`] for a state of another optimiser.
    fn restore(&mut self, state: State<T>) -> Result<(), StateError>;
}
