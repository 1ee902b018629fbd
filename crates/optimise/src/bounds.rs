//! Bounds on variables, enforced by projection.

use crate::real::Real;
use crate::vector::norm;

/// Largest change of a variable in a first step, relative to the narrowest bounds.
const FIRST_OF_BOUNDS: f64 = 0.02;
/// Length of a first step relative to the length of the point, if there are no bounds.
const FIRST_OF_POINT: f64 = 1e-2;

/// Lower and upper bound of each variable, or no bounds at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds<T> {
    lower: Vec<T>,
    upper: Vec<T>,
}

impl<T> Default for Bounds<T> {
    /// No bounds.
    fn default() -> Self {
        Self { lower: Vec::new(), upper: Vec::new() }
    }
}

impl<T: Real> Bounds<T> {
    /// Bounds of all variables.
    ///
    /// # Panics
    /// If the lengths differ, or a lower bound exceeds its upper bound.
    #[must_use]
    pub fn new(lower: Vec<T>, upper: Vec<T>) -> Self {
        assert_eq!(lower.len(), upper.len(), "each variable has a lower and an upper bound");
        assert!(lower.iter().zip(&upper).all(|(l, u)| l <= u), "lower bounds do not exceed upper bounds");
        Self { lower, upper }
    }

    /// Clamps each variable to its bounds.
    pub fn project(&self, x: &mut [T]) {
        for ((x, l), u) in x.iter_mut().zip(&self.lower).zip(&self.upper) {
            *x = if *x < *l {
                *l
            } else if *x > *u {
                *u
            } else {
                *x
            };
        }
    }

    /// The free variables: all except those at a bound that a step along -gradient would violate.
    #[must_use]
    pub fn free(&self, x: &[T], gradient: &[T]) -> Vec<bool> {
        let mut free = vec![true; x.len()];
        let bounds = self.lower.iter().zip(&self.upper);
        for (free, ((x, g), (l, u))) in free.iter_mut().zip(x.iter().zip(gradient).zip(bounds)) {
            *free = !((x <= l && *g > T::zero()) || (x >= u && *g < T::zero()));
        }
        free
    }

    /// The initial step along a direction when nothing is known about the curvature. It changes no variable by more than 2 % of
    /// the narrowest bounds; without bounds it moves the point by 1 % of its length. Variables whose bounds are equal do not
    /// count.
    #[must_use]
    pub fn first_step(&self, x: &[T], direction: &[T]) -> f64 {
        let widths = self.upper.iter().zip(&self.lower).map(|(u, l)| u.double() - l.double());
        let width = widths.filter(|width| *width > 0.0).fold(f64::INFINITY, f64::min);
        if width.is_finite() {
            let largest = direction.iter().fold(0.0_f64, |a, d| a.max(d.double().abs()));
            return FIRST_OF_BOUNDS * width / largest;
        }
        FIRST_OF_POINT * norm(x).max(1e-3) / norm(direction).max(1e-30)
    }
}
