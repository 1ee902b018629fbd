//! Optimisers of real vectors, in single or double precision: velocities on grids and parameters of networks.
//!
//! An [`Optimizer`] is asked for a point and told the value and the gradient there. Its [`State`] can be saved and restored at any
//! time. A [`Descent`] combines a [`Direction`] (L-BFGS, conjugate gradients or truncated Gauss-Newton) with a line [`Search`]
//! (Armijo's rule along the projected path, or the weak Wolfe conditions). [`Adam`] needs no line search, and
//! [`LevenbergMarquardt`] tries several dampings of one linearised problem. [`minimise()`] runs an optimiser on a function.
//!
//! The minimum of (x - 3)^2 between 0 and 2:
//!
//! ```
//! use optimise::{Armijo, Bounds, Curvature, Descent, Ended, Evaluated, Lbfgs, Minimised, State, StateError, minimise};
//!
//! struct Parabola;
//! impl Curvature<f64, StateError> for Parabola {}
//! impl Minimised<f64, StateError> for Parabola {
//!     fn evaluate(&mut self, x: &[f64]) -> Result<Evaluated<f64>, StateError> {
//!         Ok(((x[0] - 3.0).powi(2), vec![2.0 * (x[0] - 3.0)]))
//!     }
//! }
//!
//! let lbfgs = Box::new(Descent::new(Lbfgs::new(5), Armijo::default()));
//! let (mut x, bounds) = (vec![0.5], Bounds::new(vec![0.0], vec![2.0]));
//! let ended = minimise(lbfgs, 0..20, &|_| 1.0, State::new(), &mut x, bounds, &mut Parabola)?;
//! assert_eq!((x[0], ended), (2.0, Ended::Converged));
//! # Ok::<(), StateError>(())
//! ```

#![forbid(unsafe_code)]

pub mod adam;
pub mod bounds;
pub mod curvature;
pub mod descent;
pub mod direction;
pub mod levenberg_marquardt;
pub mod minimise;
pub mod optimizer;
pub mod real;
pub mod search;
pub mod state;
pub mod vector;

pub use adam::{Adam, Floor, Moments};
pub use bounds::Bounds;
pub use curvature::{Curvature, NormalEquations};
pub use descent::Descent;
pub use direction::conjugate_gradients::{ConjugateGradients, Formula};
pub use direction::gauss_newton::GaussNewton;
pub use direction::lbfgs::Lbfgs;
pub use direction::{Direction, Iterate, Proposal, Step};
pub use levenberg_marquardt::LevenbergMarquardt;
pub use minimise::{Ended, Evaluated, Minimised, minimise};
pub use optimizer::{Optimizer, Outcome};
pub use real::Real;
pub use search::armijo::Armijo;
pub use search::wolfe::Wolfe;
pub use search::{Line, Next, Search};
pub use state::{Rows, State, StateError};
pub use vector::Point;

#[cfg(test)]
mod tests;
