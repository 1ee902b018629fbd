//! What a function can say of its curvature beyond its value and gradient.

use faer::Mat;

/// The normal equations of linearised residuals of which half the sum of squares is the function.
#[derive(Debug, Clone)]
pub struct NormalEquations {
    /// J^T J, `[variable, variable]`, of which the lower triangle counts.
    pub matrix: Mat<f64>,
    /// J^T r, `[variable]`: the gradient.
    pub gradient: Vec<f64>,
}

/// What a function can say of its curvature; nothing by itself.
///
/// # Shapes
/// Points, gradients and directions are `[n]`.
pub trait Curvature<T, E> {
    /// A positive definite approximation of the inverse Hessian times a gradient; `None` for a multiple of the identity.
    fn precondition(&mut self, _gradient: &[T]) -> Option<Vec<T>> {
        None
    }

    /// The Gauss-Newton approximation of the Hessian times a direction; `None` for a function that has none.
    ///
    /// `x` is the point evaluated last but for rejected trials.
    ///
    /// # Errors
    /// Those of the function.
    fn gauss_newton_product(&mut self, _x: &[T], _direction: &[T]) -> Result<Option<Vec<T>>, E> {
        Ok(None)
    }

    /// The function linearised at the point evaluated last; `None` where it is not half a sum of squares.
    fn normal_equations(&mut self) -> Option<NormalEquations> {
        None
    }
}

/// A function of which only values and gradients are known.
impl<T, E> Curvature<T, E> for () {}
