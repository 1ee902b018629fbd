//! What the optimisers with a line search share: the loop around their directions.

use std::ops::Range;

use fields::FieldsError;

use crate::grid_optimizer::{Bounds, Ended, Evaluated, GridObjective, Memory, dot, steepest};
use crate::inversion::InversionError;
use crate::line_search::{Found, From};

/// Where an iteration starts.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Point, value and gradient.
    pub from: From<'a>,
    /// Which variables may move.
    pub free: &'a [bool],
    /// The direction of steepest descent among them.
    pub steepest: &'a [f64],
}

/// A way to find the next, lower point.
pub trait Descent {
    /// Forgets what was learnt of a function that is another one from now on.
    fn forget(&mut self);

    /// What was learnt.
    fn memory(&self) -> Memory;

    /// Takes up what a run of so many variables had learnt.
    ///
    /// # Errors
    /// [`FieldsError::OptimizerState`].
    fn remember(&mut self, memory: Memory, variables: usize) -> Result<(), FieldsError>;

    /// The next point, `None` where no direction leads down.
    ///
    /// # Errors
    /// Those of the function.
    fn next(
        &mut self,
        at: Standing,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Option<Found>, InversionError>;
}

/// Minimises from `x` and ends there, point after point, as [`crate::grid_optimizer::GridOptimizer::minimise`] says.
///
/// # Errors
/// Those of the function and of the memory.
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
