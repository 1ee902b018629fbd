//! The operator of a grid and a frequency, whose model is still open.

use std::sync::Arc;

use num_complex::Complex64;

use super::assemble::Assembled;
use super::factorise::HelmholtzSolver;
use crate::sparse::{Multifrontal, SparseDirect};
use crate::{FdError, Grid, Pml};

/// The Helmholtz operator L_m of a grid, a PML inside its edges, and a frequency; the model m is still open.
///
/// L_m u = d/dx[(e_z/e_x) du/dx] + d/dz[(e_x/e_z) du/dz] + e_x e_z omega^2 m u, read from [`pde::helmholtz`] and taken on
/// staggered points of any even order, with u = 0 beyond the outermost nodes. The matrix is complex symmetric.
///
/// # Source
/// Time-harmonic staggered schemes: Hustedt, Operto & Virieux 2004, Geophys. J. Int. 157, section 2.
#[derive(Debug, Clone)]
pub struct HelmholtzOperator {
    pub(super) inner: Arc<Assembled>,
}

impl HelmholtzOperator {
    /// Assembles what does not depend on the model and analyses the pattern, with the default solver [`Multifrontal`].
    ///
    /// # Units
    /// `omega` in rad/s.
    ///
    /// # Errors
    /// A PML that does not fit ([`Pml::check`]), [`FdError::NotPositive`] for the frequency, [`FdError::Pde`] for an odd
    /// order.
    pub fn new(grid: Grid, pml: Pml, order: usize, omega: f64) -> Result<HelmholtzOperator, FdError> {
        HelmholtzOperator::with_solver(grid, pml, order, omega, &Multifrontal)
    }

    /// [`HelmholtzOperator::new`] with another sparse solver.
    ///
    /// # Errors
    /// As [`HelmholtzOperator::new`].
    pub fn with_solver(
        grid: Grid,
        pml: Pml,
        order: usize,
        omega: f64,
        solver: &dyn SparseDirect,
    ) -> Result<HelmholtzOperator, FdError> {
        let form = Assembled::form(order)?;
        pml.check(&grid)?;
        let (pattern, analysis) = Assembled::analyse(&grid, order, solver)?;
        let inner = Assembled::new(grid, pml, omega, &form, pattern, analysis)?;
        Ok(HelmholtzOperator { inner: Arc::new(inner) })
    }

    /// The same grid at another frequency; the analysis of the pattern is shared.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for the frequency.
    pub fn at_frequency(&self, omega: f64) -> Result<HelmholtzOperator, FdError> {
        let Assembled { grid, pml, order, pattern, analysis, .. } = &*self.inner;
        let form = Assembled::form(*order)?;
        let (pattern, analysis) = (Arc::clone(pattern), Arc::clone(analysis));
        let inner = Assembled::new(*grid, *pml, omega, &form, pattern, analysis)?;
        Ok(HelmholtzOperator { inner: Arc::new(inner) })
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.inner.grid
    }

    /// The absorbing layer.
    #[must_use]
    pub fn pml(&self) -> Pml {
        self.inner.pml
    }

    /// Order of accuracy of the scheme.
    #[must_use]
    pub fn order(&self) -> usize {
        self.inner.order
    }

    /// Angular frequency, rad/s.
    #[must_use]
    pub fn omega(&self) -> f64 {
        self.inner.omega
    }

    /// dA/dm, a diagonal `[z, x]`: e_x e_z omega^2, read from [`pde::linearise`].
    ///
    /// A scattered field u_s of background u0 solves A u_s = -kernel (m - m0) u0.
    #[must_use]
    pub fn kernel(&self) -> &[Complex64] {
        &self.inner.kernel
    }

    /// Factorises the matrix of a model.
    ///
    /// # Shapes
    /// `m` is `[z, x]`.
    ///
    /// # Units
    /// Squared slowness, s^2/m^2.
    ///
    /// # Errors
    /// [`FdError::Length`], [`FdError::NotFinite`], [`FdError::Singular`].
    pub fn prepare(&self, m: &[f64]) -> Result<HelmholtzSolver, FdError> {
        HelmholtzSolver::factorise(Arc::clone(&self.inner), self.inner.matrix(m)?)
    }

    /// [`HelmholtzOperator::prepare`] of a medium that absorbs waves: with exp(+i omega t) the imaginary part of its squared
    /// slowness is negative.
    ///
    /// # Errors
    /// As [`HelmholtzOperator::prepare`].
    pub fn prepare_lossy(&self, m: &[Complex64]) -> Result<HelmholtzSolver, FdError> {
        HelmholtzSolver::factorise(Arc::clone(&self.inner), self.inner.matrix(m)?)
    }
}
