//! Any background, through the factorised Helmholtz matrix.

use num_complex::Complex64;

use super::{GreensOperator, expect_fields};
use crate::{FdError, Grid, HelmholtzSolver, PointSet};

/// G0 = A0^-1 on the whole grid of a Helmholtz solver, including the PML.
#[derive(Debug, Clone)]
pub struct FactorisedGreens {
    solver: HelmholtzSolver,
}

impl FactorisedGreens {
    /// The Green's operator of the factorised background.
    #[must_use]
    pub fn new(solver: HelmholtzSolver) -> FactorisedGreens {
        FactorisedGreens { solver }
    }
}

impl GreensOperator for FactorisedGreens {
    fn grid(&self) -> &Grid {
        self.solver.grid()
    }

    fn apply_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError> {
        expect_fields(self.grid(), w, sources)?;
        let fields: Vec<_> = w.chunks(self.grid().len()).map(<[_]>::to_vec).collect();
        Ok(self.solver.solve(&fields)?.concat())
    }

    fn apply_transposed_many(&self, w: &[Complex64], sources: usize) -> Result<Vec<Complex64>, FdError> {
        expect_fields(self.grid(), w, sources)?;
        let fields: Vec<_> = w.chunks(self.grid().len()).map(<[_]>::to_vec).collect();
        Ok(self.solver.solve_transposed(&fields)?.concat())
    }

    fn receiver_rows(&self, receivers: &[[f64; 2]]) -> Result<Vec<Complex64>, FdError> {
        // The rows of P A0^-1 are the solutions of A0^T x = P^T e.
        let points = PointSet::new(self.grid(), receivers)?;
        let unit = points.sources(self.grid(), Complex64::from(self.grid().cell()));
        Ok(self.solver.solve_transposed(&unit)?.concat())
    }
}
