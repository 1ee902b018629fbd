//! The progress of a simulation, and its interruption.

use crate::error::FwiError;

/// Receives the number of finished shots or frequencies, and their total.
pub type ProgressCallback<'a> = dyn FnMut(usize, usize) + 'a;

/// The error of a simulation that was asked to end.
pub(super) fn interrupted(kept: &str) -> FwiError {
    FwiError::Interrupted { resume: format!("the same command; {kept}"), signal: fwi::interruption::name() }
}
