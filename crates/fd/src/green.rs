//! The Green's operator of a background: w -> u with L_m0 u = w.
//!
//! In a background m0 with wavefield u0 the scattered field u_s solves the Lippmann-Schwinger equation
//! u_s = G0 w with w = -omega^2 (m - m0) (u0 + u_s).

mod factorised;
mod uniform;

pub use factorised::FactorisedGreens;
pub use uniform::UniformGreens;

use num_complex::Complex64;

use crate::{FdError, Grid};

/// u = G0 w on a grid of cells, and its values at receivers.
pub trait GreensOperator: Send + Sync + std::fmt::Debug {
    /// The cells on which w is defined.
    fn grid(&self) -> &Grid;

    /// u = G0 w for many w together.
    ///
    /// # Shapes
    /// `w` is `[source][z, x]`, one long slice of `sources` fields; so is the result.
    ///
    /// # Errors
    /// [`FdError::Length`]; for a factorised background as [`crate::HelmholtzSolver::solve`].
    fn apply_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError>;

    /// G0^T for many fields together; shapes and errors as [`GreensOperator::apply_many`].
    ///
    /// # Errors
    /// As [`GreensOperator::apply_many`].
    fn apply_transposed_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError>;

    /// The rows of G0 for receivers: the data of w are these rows times w.
    ///
    /// For a source instead of a receiver, the row divided by the cell's area is the background field u0 of a unit
    /// point source, by reciprocity.
    ///
    /// # Shapes
    /// Returns `[receiver][z, x]`, one long vector.
    ///
    /// # Errors
    /// [`FdError::OutsideGrid`] if the operator needs receivers on its grid.
    fn receiver_rows(&self, receivers: &[[f64; 2]]) -> Result<Vec<Complex64>, FdError>;

    /// u = G0 w for one field `[z, x]`.
    ///
    /// # Errors
    /// As [`GreensOperator::apply_many`].
    fn apply(&self, w: &[Complex64]) -> Result<Vec<Complex64>, FdError> {
        self.apply_many(w, 1)
    }

    /// G0^T w for one field `[z, x]`.
    ///
    /// # Errors
    /// As [`GreensOperator::apply_many`].
    fn apply_transposed(&self, w: &[Complex64]) -> Result<Vec<Complex64>, FdError> {
        self.apply_transposed_many(w, 1)
    }
}

/// Checks that a slice holds `sources` fields of the grid.
fn expect_fields(grid: &Grid, w: &[Complex64], sources: usize) -> Result<(), FdError> {
    if w.len() == sources * grid.len() {
        return Ok(());
    }
    Err(FdError::Length { what: "fields w", found: w.len(), expected: sources * grid.len() })
}
