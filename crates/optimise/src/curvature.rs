//! Curvature information that a function can offer beyond its value and gradient.

use faer::Mat;

/// The normal equations of linearised residuals, for a function that is half their sum of squares.
#[derive(Debug, Clone)]
pub struct NormalEquations {
    /// J^T J, `[variable, variable]`, of which only the lower triangle is used.
    pub matrix: Mat<f64>,
    /// J^T r, `[variable]`: the gradient.
    pub gradient: Vec<f64>,
}

/// Curvature information of a function. Every method is optional.
///
/// # Shapes
/// Points, gradients and directions are `[n]`.
pub trait Curvature<T, E> {
    /// A positive definite approximation of the inverse Hessian applied to a gradient; `None` stands for a multiple of the identity.
    fn precondition(&mut self, _gradient: &[T]) -> Option<Vec<T>> {
        None
    }

    /// The Gauss-Newton approximation of the Hessian applied to a direction; `None` if there is none.
    ///
    /// `x` is the last point that was evaluated, rejected trials aside.
    ///
    /// # Errors
    /// Those of the function.
    fn gauss_newton_product(&mut self, _x: &[T], _direction: &[T]) -> Result<Option<Vec<T>>, E> {
        Ok(None)
    }

    /// The normal equations at the last point that was evaluated; `None` if the function is not half a sum of squares.
    fn normal_equations(&mut self) -> Option<NormalEquations> {
        None
    }
}

/// No curvature information.
impl<T, E> Curvature<T, E> for () {}
