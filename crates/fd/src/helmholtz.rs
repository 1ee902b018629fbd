//! The Helmholtz equation on a grid: assembled once per grid and frequency, factorised once per model, solved for all
//! sources.

mod adjoint;
mod assemble;
mod factorise;
mod operator;
mod sampling;

pub use adjoint::{born, born_transposed, gradient};
pub use factorise::HelmholtzSolver;
pub use operator::HelmholtzOperator;
pub use sampling::{check_sampling, needed_points_per_wavelength};
