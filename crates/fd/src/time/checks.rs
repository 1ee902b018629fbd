//! What numbers and settings have to be.

use super::{Mesh, ORDERS, Real, Settings};
use crate::FdError;

pub(crate) fn finite<T: Real>(what: &'static str, values: &[T]) -> Result<(), FdError> {
    match values.iter().position(|v| !v.to_f64().is_finite()) {
        Some(index) => Err(FdError::NotFinite { what, index, value: values[index].to_f64() }),
        None => Ok(()),
    }
}

pub(crate) fn positive(what: &'static str, value: usize) -> Result<(), FdError> {
    let expected = "at least 1";
    if value > 0 { Ok(()) } else { Err(FdError::OutOfRange { what, value: 0.0, expected }) }
}

/// What settings have to be on a mesh, whatever the equation.
pub(crate) fn check_settings(mesh: &Mesh, settings: &Settings) -> Result<(), FdError> {
    if !ORDERS.contains(&settings.order) {
        return Err(FdError::StencilOrder { found: settings.order, known: &ORDERS });
    }
    let cpml = &settings.boundary.cpml;
    if !(settings.dt.is_finite() && settings.dt > 0.0) {
        return Err(FdError::NotPositive { what: "time step (s)", value: settings.dt });
    }
    positive("threads", settings.threads)?;
    if cpml.cells > 0 {
        if !(cpml.frequency.is_finite() && cpml.frequency > 0.0) {
            return Err(FdError::NotPositive {
                what: "dominant frequency of the layers (Hz)",
                value: cpml.frequency,
            });
        }
        if !(cpml.reflection > 0.0 && cpml.reflection < 1.0) {
            return Err(FdError::OutOfRange {
                what: "theoretical reflection of the layers",
                value: cpml.reflection,
                expected: "between 0 and 1",
            });
        }
    }
    if settings.boundary.free_surface && mesh.dims() == 1 {
        return Err(FdError::NoSurface);
    }
    Ok(())
}
