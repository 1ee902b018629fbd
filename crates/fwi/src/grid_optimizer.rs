//! What moves the numbers of a grid: the function to minimise as optimisers see it, and what they share.

use std::ops::Range;

use fields::FieldsError;

use crate::inversion::InversionError;

/// Value and gradient at a point.
pub type Evaluated = (f64, Vec<f64>);

/// What an optimiser knows of the iterations before, as named rows of numbers; a run that is given them back goes on as if
/// it had never stopped. None at the first iteration.
pub type Memory = Vec<(String, Vec<f64>)>;

/// The rows of a memory, which has to have these names and lengths.
///
/// # Errors
/// [`FieldsError::OptimizerState`] for another memory.
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

/// A function to minimise, and what it can say beyond its value and gradient.
///
/// # Shapes
/// Points, gradients and directions are `[n]`.
pub trait GridObjective {
    /// Value and gradient.
    ///
    /// # Errors
    /// [`InversionError`].
    fn evaluate(&mut self, x: &[f64]) -> Result<Evaluated, InversionError>;

    /// Called after each accepted step with its iteration, the new value and point, and what the optimiser knows then;
    /// `true` stops.
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

    /// Called before each iteration, from 0: whether the function is another one from now on, as with other shots. Values
    /// and curvature found before then count for nothing.
    fn changes(&mut self, _iteration: usize) -> bool {
        false
    }

    /// A positive definite approximation of the inverse Hessian times a gradient; `None` for a multiple of the identity.
    fn precondition(&mut self, _gradient: &[f64]) -> Option<Vec<f64>> {
        None
    }

    /// The Gauss-Newton approximation of the Hessian at the point evaluated last but for rejected trials, times a
    /// direction; `None` for a function that has none.
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
    /// `iterations` begins at 0 with no memory, or after the iteration that left the memory; it ends where a run that was
    /// never stopped does.
    ///
    /// # Shapes
    /// `x` and each bound `[n]`.
    ///
    /// # Errors
    /// Those of the function; [`FieldsError::OptimizerState`] for a memory of something else.
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
    /// The projected gradient, or the last decrease, is at rounding.
    Converged,
    /// All iterations are done.
    Iterations,
    /// The caller asked for it.
    Asked,
}

/// Least and greatest value of each variable.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// Least values.
    pub lower: &'a [f64],
    /// Greatest values.
    pub upper: &'a [f64],
}

impl Bounds<'_> {
    /// Moves each variable to the nearest value between its bounds.
    pub fn project(&self, x: &mut [f64]) {
        for ((x, l), u) in x.iter_mut().zip(self.lower).zip(self.upper) {
            *x = x.clamp(*l, *u);
        }
    }

    /// Which variables may move: all but those at a bound that the gradient pushes outwards.
    #[must_use]
    pub fn free(&self, x: &[f64], gradient: &[f64]) -> Vec<bool> {
        let held = |i: usize| {
            (x[i] <= self.lower[i] && gradient[i] > 0.0) || (x[i] >= self.upper[i] && gradient[i] < 0.0)
        };
        (0..x.len()).map(|i| !held(i)).collect()
    }

    /// The step along a direction that changes no variable by more than a fiftieth of the narrowest bounds, for when
    /// nothing is known of the curvature. Variables that cannot move do not count.
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

/// Sets what is not free to zero.
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
