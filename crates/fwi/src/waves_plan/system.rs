//! A system of equations with the parameters of its medium, and what is emitted and recorded.

use fd::Grid;
use fd::program::{Limits, Properties};
use fd::time::Mesh;
use survey::data_error::DataError;
use survey::parameter::Parameter;
use survey::parameter_source::ParameterSource;
use survey::recorded::RecordedField;

/// Any system of equations, in time or at frequencies.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemPlan {
    /// The equations.
    pub system: pde::System,
    /// The line of the first equation in a text of the scenario, from 1; none for a named equation.
    pub line: Option<usize>,
    /// Numbers that are the same everywhere.
    pub numbers: Vec<(String, f64)>,
    /// The given field that sources are of.
    pub source: String,
    /// The unknowns that receivers record.
    pub fields: Vec<RecordedField>,
    /// The parameters of the medium, in the order of the system.
    pub parameters: Vec<ParameterPlan>,
}

/// A parameter of the medium.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterPlan {
    /// Its starting values.
    pub initial: ParameterSource,
    /// Its true values, if they are known.
    pub truth: Option<ParameterSource>,
}

impl SystemPlan {
    /// The parameters and numbers of a medium, as finite differences take them.
    #[must_use]
    pub fn properties<'a>(&'a self, medium: &'a [Parameter]) -> Properties<'a> {
        Properties {
            parameters: medium.iter().map(|of| (of.quantity.name.as_str(), &of.model.values[..])).collect(),
            numbers: self.numbers.iter().map(|(name, value)| (name.as_str(), *value)).collect(),
        }
    }

    /// The velocities of the waves in a medium and its largest stable step. A velocity of the medium that is nearly zero counts
    /// as that of a wave, which the grid has to carry too.
    ///
    /// # Errors
    /// [`fd::FdError`] for a medium that the equation cannot take.
    pub fn limits(
        &self,
        mesh: &Mesh,
        settings: &fd::time::Settings,
        medium: &[Parameter],
    ) -> Result<Limits, fd::FdError> {
        let mut limits = fd::program::limits(&self.system, mesh, settings, &self.properties(medium))?;
        let velocities = medium.iter().filter(|of| of.quantity.unit == "m/s").flat_map(|of| &of.model.values);
        limits.slowest = velocities.copied().filter(|v| *v > 0.0).fold(limits.slowest, f64::min);
        Ok(limits)
    }

    /// A number of the equation.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.numbers.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// A parameter of a medium at a point, or a number.
    #[must_use]
    pub fn value(&self, medium: &[Parameter], point: [f64; 2], name: &str) -> Option<f64> {
        let parameter = medium.iter().find(|of| of.quantity.name == name);
        parameter.map(|of| of.model.sample(point)).or_else(|| self.number(name))
    }

    /// The velocity of the fastest wave of a medium at a point, m/s.
    ///
    /// # Errors
    /// [`fd::FdError`] for a medium that the equation cannot take.
    pub fn fastest(&self, medium: &[Parameter], point: [f64; 2]) -> Result<f64, fd::FdError> {
        let value = |name: &str| self.value(medium, point, name);
        Ok(fd::program::symbol::fastest(&self.system, &value)?)
    }

    /// The starting values of all parameters on a grid.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read.
    pub fn start(&self, grid: &Grid) -> Result<Vec<Parameter>, DataError> {
        self.parameters.iter().map(|of| of.initial.parameter(grid)).collect()
    }

    /// The true values of all parameters on a grid, if they are all known.
    ///
    /// # Errors
    /// [`DataError`] for a file that cannot be read.
    pub fn truth(&self, grid: &Grid) -> Result<Option<Vec<Parameter>>, DataError> {
        self.parameters
            .iter()
            .map(|of| of.truth.as_ref().map(|truth| truth.parameter(grid)).transpose())
            .collect::<Result<Option<_>, _>>()
    }
}
