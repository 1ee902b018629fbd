//! A system on a mesh with its layers, whether it is stepped or solved at a frequency.

use pde::System;

use super::absorb::Layers;
use super::extent::{Values, check_conditions, check_properties};
use super::lower::Numerics;
use super::shot::Properties;
use super::statement::Program;
use super::symbol::{self, Velocities};
use crate::FdError;
use crate::time::extended::Extended;
use crate::time::{Mesh, Settings, check_settings, rounded_velocity};

/// A program and its medium.
#[derive(Debug)]
pub(crate) struct Discrete {
    pub(crate) program: Program,
    pub(crate) extended: Extended,
    pub(crate) layers: Option<Layers>,
    /// The parameters on all nodes.
    pub(crate) values: Values,
}

impl Discrete {
    /// Reads a system and its medium; the time step may be longer than the largest stable one.
    ///
    /// # Errors
    /// [`FdError::OtherDimension`]; [`FdError::Program`] for a system that cannot be stepped, a parameter without value, or a
    /// medium that the system cannot take; [`FdError::NoField`] for a parameter that the system does not have;
    /// [`FdError::Length`] and [`FdError::NotFinite`] for values; [`FdError::StencilOrder`], [`FdError::NotPositive`],
    /// [`FdError::OutOfRange`] and [`FdError::NoSurface`] for settings.
    pub(crate) fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
    ) -> Result<Self, FdError> {
        check_settings(mesh, settings)?;
        let mut program = program(system, mesh, settings)?;
        check_properties(system, properties)?;
        let extended = Extended::new(mesh, &settings.boundary);
        let values = Values::new(mesh, &extended, properties)?;
        let material = values.material();
        check_conditions(system, &material)?;
        let cpml = settings.boundary.cpml;
        let mut layers = None;
        if cpml.cells > 0 {
            let Velocities { fastest, contrast } = symbol::velocities_of_medium(system, &material)?;
            let around = Layers::around(&extended, cpml, rounded_velocity(fastest), contrast);
            program = program.absorb(&around);
            layers = Some(around);
        }
        program = program.narrowed(extended.n, &material)?;
        Ok(Self { program, extended, layers, values })
    }
}

/// The program of a system on a mesh, without layers.
///
/// # Errors
/// [`FdError::OtherDimension`]; [`FdError::Program`].
pub(crate) fn program(system: &System, mesh: &Mesh, settings: &Settings) -> Result<Program, FdError> {
    let (found, expected) = (mesh.dims(), system.dimension.axes().len());
    if found != expected {
        return Err(FdError::OtherDimension { found, expected, system: system.name.clone() });
    }
    let numerics = Numerics {
        spacing: std::array::from_fn(|axis| mesh.step(axis)),
        step: settings.dt,
        order: settings.order,
        free_surface: settings.boundary.free_surface,
    };
    Ok(Program::new(system, &numerics)?)
}
