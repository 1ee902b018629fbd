//! The loop around the directions of the optimisers with a line search.

use std::ops::Range;

use fields::FieldsError;

use crate::grid_optimizer::{Bounds, Ended, Evaluated, GridObjective, Memory, dot, steepest};
use crate::inversion::InversionError;
use crate::line_search::{Found, From};

/// The start of an iteration.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Point, value and gradient.
    pub from: From<'a>,
    /// The variables that may change.
    pub free: &'a [bool],
    /// The direction of steepest descent in these variables.
    pub steepest: &'a [f64],
}

/// A way to find the next, lower point.
pub trait Descent {
    /// Discards the state, because the function changes.
    fn forget(&mut self);

    /// The state.
    fn memory(&self) -> Memory;

    /// Restores the state of a run with this number of variables.
    ///
    /// # Errors
    /// [`FieldsError::OptimizerState`].
    fn remember(&mut self, memory: Memory, variables: usize) -> Result<(), FieldsError>;

    /// The next point, or `None` if no direction leads down.
    ///
    /// # Errors
    /// Errors of the function.
    fn next(
        &mut self,
        at: Standing,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Found>, InversionError>;
}

/// Minimises from `x`, as specified by [`crate::grid_optimizer::GridOptimizer::minimise`]; `x` is also the result.
///
/// # Errors
/// Errors of the function and of the memory.
pub fn descend(
    descent: &mut dyn Descent,
    iterations: Range<usize>,
    memory: Memory,
    x: &mut Vec<f64>,
    bounds: Bounds,
    objective: &mut dyn GridObjective,
) -> Result<Ended, InversionError> {
    bounds.project(x);
    if !memory.is_empty() {
        descent.remember(memory, x.len())?;
    }
    let mut evaluated: Option<Evaluated> = None;
    for iteration in iterations {
        if objective.changes(iteration) {
            evaluated = None;
            descent.forget();
        }
        let (value, gradient) = match evaluated.take() {
            Some(evaluated) => evaluated,
            None => objective.evaluate(x)?,
        };
        let free = bounds.free(x, &gradient);
        let steepest = steepest(&gradient, &free);
        if dot(&steepest, &steepest) == 0.0 {
            return Ok(Ended::Converged);
        }
        let from = From { x, value, gradient: &gradient };
        let at = Standing { from, free: &free, steepest: &steepest };
        let Some(found) = descent.next(at, bounds, objective)? else { return Ok(Ended::Converged) };
        *x = found.x;
        evaluated = Some((found.value, found.gradient));
        if objective.after(iteration, found.value, x, &|| descent.memory())? {
            return Ok(Ended::Asked);
        }
    }
    Ok(Ended::Iterations)
}
