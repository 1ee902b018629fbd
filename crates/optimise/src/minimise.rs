//! Minimises a function with an optimiser.

use std::ops::Range;

use crate::bounds::Bounds;
use crate::curvature::Curvature;
use crate::optimizer::{Optimizer, Outcome};
use crate::real::Real;
use crate::state::{State, StateError};
use crate::vector::Point;

/// Value and gradient at a point.
pub type Evaluated<T> = (f64, Vec<T>);

/// A function to minimise, with callbacks to follow the iterations.
///
/// # Shapes
/// Points and gradients are `[n]`.
pub trait Minimised<T, E>: Curvature<T, E> {
    /// Value and gradient.
    ///
    /// # Errors
    /// Those of the function.
    fn evaluate(&mut self, x: &[T]) -> Result<Evaluated<T>, E>;

    /// Called after each accepted step with the iteration, the value, the new point and the state of the optimiser. Returning
    /// `true` stops the minimisation.
    ///
    /// # Errors
    /// Those of the callback.
    fn after(
        &mut self,
        _iteration: usize,
        _value: f64,
        _x: &[T],
        _state: &dyn Fn() -> State<T>,
    ) -> Result<bool, E> {
        Ok(false)
    }

    /// Called before each iteration, counted from 0. Returns whether the function changes, for example to other shots. Earlier
    /// values and curvature are then discarded.
    fn changes(&mut self, _iteration: usize) -> bool {
        false
    }
}

/// Why a minimisation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// No direction gives a decrease above rounding.
    Converged,
    /// All iterations are done.
    Iterations,
    /// The callback stopped it.
    Asked,
}

/// Minimises a function within bounds, starting from `x` and ending there, with a new optimiser.
///
/// `iterations` starts at 0 with an empty state, or after the iteration at which the state was saved. `rate` is the learning rate of
/// an iteration.
///
/// # Errors
/// Those of the function, and [`StateError`] for a state of another optimiser.
pub fn minimise<T: Real, E: From<StateError>>(
    mut optimizer: Box<dyn Optimizer<T, E>>,
    iterations: Range<usize>,
    rate: &dyn Fn(usize) -> f64,
    state: State<T>,
    x: &mut Vec<T>,
    bounds: Bounds<T>,
    function: &mut dyn Minimised<T, E>,
) -> Result<Ended, E> {
    bounds.project(x);
    optimizer.keep_within(bounds);
    if !state.is_empty() {
        let name = optimizer.name();
        optimizer.restore(state)?;
        if let Some(found) = optimizer.variables().filter(|found| *found != x.len()) {
            let wrong = StateError { optimizer: name, what: "start", found, expected: x.len() };
            return Err(wrong.into());
        }
        // The function may rely on its last evaluation, so that is repeated.
        optimizer.settle();
    }
    for iteration in iterations {
        if function.changes(iteration) {
            optimizer.forget();
        }
        let value = loop {
            let Some(trial) = optimizer.ask(x, function)? else { return Ok(Ended::Converged) };
            let (value, gradient) = function.evaluate(&trial)?;
            match optimizer.tell(Point { x: trial, value, gradient }, rate(iteration), function) {
                Outcome::Started | Outcome::Searching => {}
                Outcome::Failed => return Ok(Ended::Converged),
                Outcome::Accepted(value) => break value,
            }
        };
        if let Some(accepted) = optimizer.accepted() {
            x.clear();
            x.extend_from_slice(accepted);
        }
        if function.after(iteration, value, x, &|| optimizer.state())? {
            return Ok(Ended::Asked);
        }
    }
    Ok(Ended::Iterations)
}
