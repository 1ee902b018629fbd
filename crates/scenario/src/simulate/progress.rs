//! How far a simulation is, and its end before the end.

use crate::error::FwiError;

/// Told how many shots or frequencies are done, of how many.
pub type ProgressCallback<'a> = dyn FnMut(usize, usize) + 'a;

/// The error of a simulation that was asked to end.
pub(super) fn interrupted(kept: &str) -> FwiError {
    FwiError::Interrupted { resume: format!("the same command; {kept}"), signal: fwi::interruption::name() }
}
