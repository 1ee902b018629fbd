//! Direct solution of sparse complex symmetric systems, behind traits so that the solver can be exchanged.
//!
//! Analyse once per grid, factorise once per model, solve for all right-hand sides together.

mod dissection;
mod faer_lu;
mod front;
mod general;
mod multifrontal;

pub use dissection::{Dissection, Part};
pub use faer_lu::FaerLu;
pub(crate) use general::{GeneralLu, Row};
pub use multifrontal::Multifrontal;

use num_complex::Complex64;

use crate::FdError;

/// The entries of a symmetric matrix: its lower triangle by columns.
///
/// # Shapes
/// Column `j` contains the rows `rows[starts[j]..starts[j + 1]]` in ascending order, starting with `j`: the diagonal
/// is always included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Start of each column; one entry more than there are columns.
    pub starts: Vec<usize>,
    /// Row of each entry.
    pub rows: Vec<usize>,
}

impl Pattern {
    /// Number of unknowns.
    #[must_use]
    pub fn size(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of entries of the lower triangle.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.rows.len()
    }

    /// Entry numbers of a column.
    #[must_use]
    pub fn column(&self, j: usize) -> std::ops::Range<usize> {
        self.starts[j]..self.starts[j + 1]
    }

    /// y = A x with the lower triangle's `values`.
    #[must_use]
    pub fn multiply(&self, values: &[Complex64], x: &[Complex64]) -> Vec<Complex64> {
        let mut y = vec![Complex64::ZERO; self.size()];
        for j in 0..self.size() {
            let column = self.column(j);
            let mut sum = values[column.start] * x[j];
            for e in column.start + 1..column.end {
                let i = self.rows[e];
                sum += values[e] * x[i];
                y[i] += values[e] * x[j];
            }
            y[j] += sum;
        }
        y
    }
}

/// A sparse direct solver for complex symmetric matrices.
pub trait SparseDirect: Send + Sync + std::fmt::Debug {
    /// Name for reports.
    fn name(&self) -> &'static str;

    /// Computes everything that depends only on the pattern. `dissection` is a suitable elimination order; a solver
    /// may use its own.
    ///
    /// # Errors
    /// [`FdError::Singular`] if every matrix with this pattern is singular.
    fn analyse(&self, pattern: &Pattern, dissection: &Dissection) -> Result<Box<dyn Analysis>, FdError>;
}

/// An analysed pattern.
pub trait Analysis: Send + Sync + std::fmt::Debug {
    /// Factorises the matrix with these values (in the order of [`Pattern::rows`]).
    ///
    /// # Errors
    /// [`FdError::Singular`] if a pivot vanishes or is not finite.
    fn factorise(&self, values: &[Complex64]) -> Result<Box<dyn Factors>, FdError>;
}

/// A factorised matrix.
pub trait Factors: Send + Sync + std::fmt::Debug {
    /// Replaces right-hand sides by solutions.
    ///
    /// # Shapes
    /// `block` is `[right-hand side][unknown]`.
    fn solve(&self, block: &mut [Complex64]);

    /// The same for the transposed matrix; equal to [`Factors::solve`] up to rounding, because the matrix is
    /// symmetric.
    fn solve_transposed(&self, block: &mut [Complex64]);
}
