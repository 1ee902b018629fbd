//! Optimisers of grids: the function to minimise as they see it, and their common parts.

use std::ops::Range;

use fields::FieldsError;

use crate::inversion::InversionError;

/// Value and gradient at a point.
pub type Evaluated = (f64, Vec<f64>);

/// The state of an optimiser from earlier iterations, as named rows of numbers. A run that receives it continues as
/// if it had never stopped. Empty at the first iteration.
pub type Memory = Vec<(String, Vec<f64>)>;

/// The rows of a memory, which must have these names and lengths.
///
/// # Errors
/// [`FieldsError::OptimizerState`] for any other memory.
pub fn rows(
    optimizer: &'static str,
    memory: Memory,
    expected: &[(&'static str, usize)],
) -> Result<Vec<Vec<f64>>, FieldsError> {
    let wrong = |what, found, expected| FieldsError::OptimizerState { optimizer, what, found, expected };
    if memory.len() != expected.len() {
        return Err(wrong("the memory", memory.len(), expected.len()));
    }
    let mut rows = Vec::with_capacity(memory.len());
    for ((name, row), (what, length)) in memory.into_iter().zip(expected) {
        if name != *what || row.len() != *length {
            return Err(wrong(what, if name == *what { row.len() } else { 0 }, *length));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// A function to minimise, with optional information beyond its value and gradient.
///
/// # Shapes
/// Points, gradients and directions are `[n]`.
pub trait GridObjective {
    /// Value and gradient.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&mut self, x: &[f64]) -> Result<Evaluated, InversionError>;

    /// Called after each accepted step with its iteration, the new value and point, and the optimiser's state; `true`
    /// stops.
    ///
    /// # Errors
    /// [`InversionError`].
    fn after(
        &mut self,
        iteration: usize,
        value: f64,
        x: &[f64],
        memory: &dyn Fn() -> Memory,
    ) -> Result<bool, InversionError>;

    /// Called before each iteration, from 0: whether the function changes now, for example because of other shots.
    /// Earlier values and curvature are then invalid.
    fn changes(&mut self, _iteration: usize) -> bool {
        false
    }

    /// A positive definite approximation of the inverse Hessian times a gradient; `None` means a multiple of the
    /// identity.
    fn precondition(&mut self, _gradient: &[f64]) -> Option<Vec<f64>> {
        None
    }

    /// The Gauss-Newton approximation of the Hessian, at the last evaluated point that was not a rejected trial,
    /// times a direction; `None` if the function has none.
    ///
    /// # Errors
    /// [`InversionError`].
    fn gauss_newton_product(
        &mut self,
        _x: &[f64],
        _direction: &[f64],
    ) -> Result<Option<Vec<f64>>, InversionError> {
        Ok(None)
    }
}

/// An optimiser of grids.
pub trait GridOptimizer: Sync {
    /// Minimises a function within bounds, starting from `x` and ending there.
    ///
    /// `iterations` starts at 0 with an empty memory, or after the iteration that produced the memory. The result
    /// equals that of a run that was never stopped.
    ///
    /// # Shapes
    /// `x` and each bound `[n]`.
    ///
    /// # Errors
    /// Errors of the function; [`FieldsError::OptimizerState`] for a memory that does not fit.
    fn minimise(
        &self,
        iterations: Range<usize>,
        memory: Memory,
        x: &mut Vec<f64>,
        bounds: Bounds,
        objective: &mut dyn GridObjective,
    ) -> Result<Ended, InversionError>;
}

/// Why a minimisation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The projected gradient, or the last decrease, is at the level of rounding.
    Converged,
    /// All iterations are done.
    Iterations,
    /// The caller requested it.
    Asked,
}

/// Lower and upper bound of each variable.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// Lower bounds.
    pub lower: &'a [f64],
    /// Upper bounds.
    pub upper: &'a [f64],
}

impl Bounds<'_> {
    /// Moves each variable to the nearest value between its bounds.
    pub fn project(&self, x: &mut [f64]) {
        for ((x, l), u) in x.iter_mut().zip(self.lower).zip(self.upper) {
            *x = x.clamp(*l, *u);
        }
    }

    /// The variables that may change: all except those at a bound that the gradient pushes outwards.
    #[must_use]
    pub fn free(&self, x: &[f64], gradient: &[f64]) -> Vec<bool> {
        let held = |i: usize| {
            (x[i] <= self.lower[i] && gradient[i] > 0.0) || (x[i] >= self.upper[i] && gradient[i] < 0.0)
        };
        (0..x.len()).map(|i| !held(i)).collect()
    }

    /// The step along a direction that changes no variable by more than a fiftieth of the narrowest bounds, used
    /// while the curvature is unknown. Variables that cannot change do not count.
    #[must_use]
    pub fn first_step(&self, x: &[f64], direction: &[f64]) -> f64 {
        let largest = direction.iter().fold(0.0_f64, |a, d| a.max(d.abs()));
        let widths = self.upper.iter().zip(self.lower).map(|(u, l)| u - l).filter(|width| *width > 0.0);
        let width = widths.fold(f64::INFINITY, f64::min);
        if width.is_finite() {
            return 0.02 * width / largest;
        }
        let size = x.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        0.02 * if size > 0.0 { size } else { 1.0 } / largest
    }
}

/// The direction of steepest descent among the free variables.
#[must_use]
pub fn steepest(gradient: &[f64], free: &[bool]) -> Vec<f64> {
    gradient.iter().zip(free).map(|(g, f)| if *f { -g } else { 0.0 }).collect()
}

/// Sets the components of fixed variables to zero.
pub fn hold(direction: &mut [f64], free: &[bool]) {
    direction.iter_mut().zip(free).for_each(|(d, f)| {
        if !f {
            *d = 0.0;
        }
    });
}

/// The inner product.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
