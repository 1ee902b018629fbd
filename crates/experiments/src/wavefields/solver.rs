//! The trait of a method that computes wavefields.

use document::CheckSettings;

use super::equations::Equations;
use super::problem::{Fields, MethodResult, WavefieldProblem};
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::StrongForm;
use fwi::network_training::Follow;

/// A way to compute wavefields.
pub trait WavefieldMethod: CheckSettings + Sync {
    /// The wavefields at the points of the problem.
    ///
    /// # Errors
    /// [`InversionError`].
    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &RunSettings,
        follow: &mut dyn Follow<Fields>,
    ) -> Result<MethodResult, InversionError>;

    /// Whether a source must have a width, because functions of points resolve it.
    fn resolves_source(&self) -> bool {
        true
    }

    /// The linear equations that are solved, if any, and their key.
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        None
    }

    /// The form of the equation that is solved.
    fn form(&self) -> StrongForm {
        StrongForm::Total
    }
}
