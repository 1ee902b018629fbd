//! Any system of equations at frequencies.

use std::f64::consts::TAU;

use fd::harmonic::{HarmonicOperator, MatrixSize, Settings, matrix_size};
use fd::time::{self, Boundary, Cpml, Mesh};
use fd::{FdError, Grid};
use survey::parameter::Parameter;

use super::system::SystemPlan;
use crate::matrix_cost::MatrixCost;

/// Settings of any system of equations at frequencies.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyPlan {
    /// Frequencies in Hz, rising.
    pub frequencies: Vec<f64>,
    /// The boundary of the grid; [`FrequencyPlan::boundary_of`] makes of it that of a frequency.
    pub boundary: Boundary,
    /// The spacing of the grid whose cells the layers are counted in, m.
    pub spacing: f64,
    /// The equations.
    pub system: Box<SystemPlan>,
}

impl FrequencyPlan {
    /// The boundary of a grid at a frequency in Hz, to which its layers are tuned. On a grid of another spacing they are as thick
    /// and have more or fewer cells: layers that are thin in wavelengths return more.
    #[must_use]
    pub fn boundary_of(&self, grid: &Grid, frequency: f64) -> Boundary {
        let cpml = self.boundary.cpml;
        let cells = (cpml.cells as f64 * self.spacing / grid.spacing[0] - 1e-6).ceil() as usize;
        Boundary { cpml: Cpml { cells, frequency, ..cpml }, ..self.boundary }
    }

    /// Settings that the limits of a medium are computed with. They do not depend on the time step.
    #[must_use]
    pub fn limit_settings(&self, order: usize) -> time::Settings {
        let dt = 0.1 / self.boundary.cpml.frequency;
        time::Settings { order, dt, boundary: self.boundary, threads: 1 }
    }

    /// The factorised system in a medium on a grid, at a frequency in Hz.
    ///
    /// # Errors
    /// [`FdError`] for a medium that the equations cannot take, or too little memory.
    pub fn operator(
        &self,
        grid: &Grid,
        order: usize,
        frequency: f64,
        medium: &[Parameter],
    ) -> Result<HarmonicOperator, FdError> {
        let available = survey::memory::available().unwrap_or(u64::MAX);
        let memory = usize::try_from(available).unwrap_or(usize::MAX).min(isize::MAX.unsigned_abs());
        let (mesh, boundary) = (Mesh::from(grid), self.boundary_of(grid, frequency));
        let settings = Settings { order, boundary, memory };
        let properties = self.system.properties(medium);
        HarmonicOperator::new(&self.system.system, &mesh, &settings, &properties, TAU * frequency)
    }

    /// The size of its matrix.
    ///
    /// # Errors
    /// [`FdError`] for a medium that the equations cannot take.
    pub fn size(&self, grid: &Grid, order: usize, medium: &[Parameter]) -> Result<MatrixSize, FdError> {
        let frequency = self.frequencies.last().copied().unwrap_or(1.0);
        let settings = Settings { order, boundary: self.boundary_of(grid, frequency), memory: 0 };
        let properties = self.system.properties(medium);
        matrix_size(&self.system.system, &Mesh::from(grid), &settings, &properties, TAU * frequency)
    }

    /// The cost of its matrix.
    ///
    /// # Errors
    /// As [`FrequencyPlan::size`].
    pub fn cost(&self, grid: &Grid, order: usize, medium: &[Parameter]) -> Result<MatrixCost, FdError> {
        Ok(MatrixCost::new(&self.size(grid, order, medium)?))
    }
}
