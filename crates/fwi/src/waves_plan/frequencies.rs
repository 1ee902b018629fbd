//! Any system of equations at frequencies.

use std::f64::consts::TAU;

use fd::harmonic::{HarmonicOperator, MatrixSize, Settings, matrix_size};
use fd::time::{self, Boundary, Cpml, Mesh};
use fd::{FdError, Grid};
use survey::parameter::Parameter;

use super::SystemPlan;
use crate::matrix_cost::MatrixCost;

/// Settings of any system of equations at frequencies.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyPlan {
    /// Frequencies in Hz, rising.
    pub frequencies: Vec<f64>,
    /// The boundary of the grid; [`FrequencyPlan::boundary`] tunes its layers to a frequency.
    pub boundary: Boundary,
    /// The equations.
    pub system: Box<SystemPlan>,
}

impl FrequencyPlan {
    /// The boundary at a frequency in Hz, to which its layers are tuned.
    #[must_use]
    pub fn boundary(&self, frequency: f64) -> Boundary {
        Boundary { cpml: Cpml { frequency, ..self.boundary.cpml }, ..self.boundary }
    }

    /// How the equations are made discrete at a frequency in Hz; `memory` is the most bytes that factors may take.
    #[must_use]
    pub fn settings(&self, order: usize, frequency: f64, memory: usize) -> Settings {
        Settings { order, boundary: self.boundary(frequency), memory }
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
        let (mesh, settings) = (Mesh::from(grid), self.settings(order, frequency, memory));
        let properties = self.system.properties(medium);
        HarmonicOperator::new(&self.system.system, &mesh, &settings, &properties, TAU * frequency)
    }

    /// The size of its matrix.
    ///
    /// # Errors
    /// [`FdError`] for a medium that the equations cannot take.
    pub fn size(&self, grid: &Grid, order: usize, medium: &[Parameter]) -> Result<MatrixSize, FdError> {
        let frequency = self.frequencies.last().copied().unwrap_or(1.0);
        let settings = self.settings(order, frequency, 0);
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
