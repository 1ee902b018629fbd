//! A point with the value and gradient of a function, and the vector operations that optimisers share.

use crate::real::Real;

/// A point with the value and the gradient of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Point<T> {
    /// The point, `[n]`.
    pub x: Vec<T>,
    /// Value there.
    pub value: f64,
    /// Gradient there, `[n]`.
    pub gradient: Vec<T>,
}

/// The inner product, accumulated in double precision.
#[must_use]
pub fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.double() * b.double()).sum()
}

/// The Euclidean norm.
#[must_use]
pub fn norm<T: Real>(a: &[T]) -> f64 {
    dot(a, a).sqrt()
}

/// a - b.
#[must_use]
pub fn difference<T: Real>(a: &[T], b: &[T]) -> Vec<T> {
    a.iter().zip(b).map(|(a, b)| *a - *b).collect()
}

/// Adds a multiple of a vector: `to += factor * vector`.
pub fn add<T: Real>(to: &mut [T], factor: f64, vector: &[T]) {
    to.iter_mut().zip(vector).for_each(|(to, v)| *to += T::of(factor * v.double()));
}

/// The direction of steepest descent among the free variables.
#[must_use]
pub fn steepest<T: Real>(gradient: &[T], free: &[bool]) -> Vec<T> {
    gradient.iter().zip(free).map(|(g, free)| if *free { -*g } else { T::zero() }).collect()
}

/// Sets the components of variables that are not free to zero.
pub fn mask<T: Real>(direction: &mut [T], free: &[bool]) {
    direction.iter_mut().zip(free).filter(|(_, free)| !**free).for_each(|(d, _)| *d = T::zero());
}
