//! Whether the gradient of a shot fits on a device, before there is a medium.

use pde::System;

use super::device::kernels::Kernels;
use super::device::wave_device::WaveDevice;
use super::differentiated::Declared;
use super::statement::Statement;
use crate::FdError;
use crate::time::{Mesh, Settings};

/// Checks that a device has memory for the gradient of a shot by some parameters, with one step that is kept; or for a shot if there are
/// none.
///
/// # Errors
/// [`FdError::Device`] with what is needed, what is free and how many nodes would fit; [`FdError::Program`] for a system that cannot be
/// stepped; [`FdError::StencilOrder`].
pub fn check_room(
    system: &System,
    mesh: &Mesh,
    settings: &Settings,
    parameters: &[&str],
    device: &WaveDevice,
) -> Result<(), FdError> {
    if device.is_processor() {
        return Ok(());
    }
    let Declared { program, gradient, nodes, .. } = Declared::new(system, mesh, settings, parameters)?;
    let lists: [&[Statement]; 4] =
        [&program.statements, &gradient.keeping, &gradient.backward, &gradient.imaging];
    let kernels = match parameters.is_empty() {
        true => Kernels::new(&program, &lists[..1], nodes, &[])?,
        false => Kernels::new(&gradient.program, &lists, nodes, &gradient.operands)?,
    };
    device.check(&kernels.need())
}
