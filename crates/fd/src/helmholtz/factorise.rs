//! One model, factorised.

use std::sync::Arc;

use num_complex::Complex64;
use rayon::prelude::*;

use super::assemble::Assembled;
use crate::sparse::Factors;
use crate::{FdError, Grid};

/// Relative residual above which a solution is refined, and the one above which it is rejected.
const REFINE_ABOVE: f64 = 1e-12;
const REFUSE_ABOVE: f64 = 1e-9;

/// The factorised matrix A of one model; see [`crate::HelmholtzOperator::prepare`].
#[derive(Debug, Clone)]
pub struct HelmholtzSolver {
    operator: Arc<Assembled>,
    values: Arc<Vec<Complex64>>,
    factors: Arc<dyn Factors>,
}

impl HelmholtzSolver {
    pub(super) fn factorise(
        operator: Arc<Assembled>,
        values: Vec<Complex64>,
    ) -> Result<HelmholtzSolver, FdError> {
        let factors = Arc::from(operator.analysis.factorise(&values)?);
        Ok(HelmholtzSolver { operator, values: Arc::new(values), factors })
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.operator.grid
    }

    /// dA/dm; see [`crate::HelmholtzOperator::kernel`].
    #[must_use]
    pub fn kernel(&self) -> &[Complex64] {
        &self.operator.kernel
    }

    /// A u, `[z, x]`.
    ///
    /// # Panics
    /// If `u` is not a field of the grid.
    #[must_use]
    pub fn multiply(&self, u: &[Complex64]) -> Vec<Complex64> {
        assert_eq!(u.len(), self.operator.grid.len(), "multiply: field and grid differ");
        self.operator.pattern.multiply(&self.values, u)
    }

    /// Solves A u = f for all right-hand sides together.
    ///
    /// A solution whose relative residual exceeds 1e-12 is refined up to twice with the same factors.
    ///
    /// # Shapes
    /// `[right-hand side][z, x]`, in and out.
    ///
    /// # Errors
    /// [`FdError::Length`]; [`FdError::Inaccurate`] if a residual stays above 1e-9.
    pub fn solve(&self, rhs: &[Vec<Complex64>]) -> Result<Vec<Vec<Complex64>>, FdError> {
        self.solve_with(rhs, &|block| self.factors.solve(block))
    }

    /// Solves A^T u = f; A is symmetric, so this equals [`HelmholtzSolver::solve`] up to rounding.
    ///
    /// # Errors
    /// As [`HelmholtzSolver::solve`].
    pub fn solve_transposed(&self, rhs: &[Vec<Complex64>]) -> Result<Vec<Vec<Complex64>>, FdError> {
        self.solve_with(rhs, &|block| self.factors.solve_transposed(block))
    }

    fn solve_with(
        &self,
        rhs: &[Vec<Complex64>],
        solve: &dyn Fn(&mut [Complex64]),
    ) -> Result<Vec<Vec<Complex64>>, FdError> {
        let n = self.operator.grid.len();
        rhs.iter().try_for_each(|f| self.operator.grid.expect_len("right-hand side", f.len()))?;
        let mut block: Vec<Complex64> = rhs.concat();
        solve(&mut block);
        let mut solutions: Vec<Vec<Complex64>> = block.chunks(n).map(<[_]>::to_vec).collect();
        for _ in 0..2 {
            let (residuals, worst) = self.residuals(rhs, &solutions);
            if worst <= REFINE_ABOVE {
                return Ok(solutions);
            }
            let mut correction = residuals.concat();
            solve(&mut correction);
            for (solution, correction) in solutions.iter_mut().zip(correction.chunks(n)) {
                solution.iter_mut().zip(correction).for_each(|(u, du)| *u += du);
            }
        }
        let (_, residual) = self.residuals(rhs, &solutions);
        if residual <= REFUSE_ABOVE {
            Ok(solutions)
        } else {
            Err(FdError::Inaccurate { residual, limit: REFUSE_ABOVE })
        }
    }

    /// f - A u for each right-hand side, and the largest of their norms relative to f (NaN if any is NaN).
    fn residuals(&self, rhs: &[Vec<Complex64>], solutions: &[Vec<Complex64>]) -> (Vec<Vec<Complex64>>, f64) {
        let each: Vec<(Vec<Complex64>, f64)> = rhs
            .par_iter()
            .zip(solutions)
            .map(|(f, u)| {
                let mut residual = self.multiply(u);
                residual.iter_mut().zip(f).for_each(|(au, f)| *au = f - *au);
                let (norm, size) = (norm(&residual), norm(f));
                (residual, if norm == 0.0 { 0.0 } else { norm / size })
            })
            .collect();
        let worst =
            each.iter().map(|(_, relative)| *relative).fold(0.0, |a: f64, b| if b <= a { a } else { b });
        (each.into_iter().map(|(residual, _)| residual).collect(), worst)
    }
}

fn norm(values: &[Complex64]) -> f64 {
    values.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}
