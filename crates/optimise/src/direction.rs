//! Directions that lead down, and what a step along them teaches.

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::real::Real;
use crate::state::{Rows, State, StateError};
use crate::vector::Point;

pub mod conjugate_gradients;
pub mod gauss_newton;
pub mod lbfgs;

/// Where an iteration starts.
#[derive(Debug, Clone, Copy)]
pub struct Iterate<'a, T> {
    /// The point with value and gradient.
    pub point: &'a Point<T>,
    /// Which variables may move.
    pub free: &'a [bool],
    /// The direction of steepest descent among them.
    pub steepest: &'a [T],
    /// Bounds of the variables.
    pub bounds: &'a Bounds<T>,
    /// What first steps are multiplied by, below 1 after searches along the gradient that found nothing.
    pub shrink: f64,
}

impl<T: Real> Iterate<'_, T> {
    /// The first step along a direction when nothing is known of the curvature.
    #[must_use]
    pub fn first_step(&self, direction: &[T]) -> f64 {
        self.shrink * self.bounds.first_step(&self.point.x, direction)
    }
}

/// A direction with what its search should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal<T> {
    /// The direction, zero for variables that may not move.
    pub direction: Vec<T>,
    /// The step to begin with.
    pub step: f64,
    /// Most trials along it.
    pub trials: usize,
    /// Whether a step that is taken is brought nearer to the minimum along the path: for directions without a scale of
    /// their own, and for those that conjugacy depends on.
    pub refine: bool,
}

/// A step that was taken.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a, T> {
    /// Where it began.
    pub before: &'a Point<T>,
    /// Where it ended.
    pub after: &'a Point<T>,
    /// Its direction.
    pub direction: &'a [T],
    /// Its length in units of the direction.
    pub length: f64,
}

/// A way to choose directions.
pub trait Direction<T, E>: Send {
    /// Name in scenarios and checkpoints.
    fn name(&self) -> &'static str;

    /// The direction from a point.
    ///
    /// # Errors
    /// Those of the function.
    fn propose(&mut self, at: Iterate<T>, curvature: &mut dyn Curvature<T, E>) -> Result<Proposal<T>, E>;

    /// Another direction from the same point, where the search along `failed` found no lower one; `None` if it
    /// would be the same. Asked for once at each point.
    fn propose_again(&mut self, at: Iterate<T>, failed: &[T]) -> Option<Proposal<T>>;

    /// Learns from a step.
    fn learn(&mut self, _step: Step<T>) {}

    /// Forgets what was learnt of a function that is another one from now on.
    fn forget(&mut self);

    /// Adds what was learnt to a state.
    fn write(&self, state: &mut State<T>);

    /// Takes up what was learnt of so many variables.
    ///
    /// # Errors
    /// [`StateError`] for a state of something else.
    fn read(&mut self, rows: &mut Rows<T>, variables: usize) -> Result<(), StateError>;
}
