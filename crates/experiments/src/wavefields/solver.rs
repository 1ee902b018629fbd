//! The trait of a method that computes wavefields.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject};

use super::equations::Equations;
use super::problem::{Fields, MethodResult, WavefieldProblem};
use crate::run_settings::RunSettings;
use fwi::harmonic_medium::HarmonicMedium;
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

    /// Refuses settings that the method cannot combine with a density, attenuation or anisotropy; `at` is the key of the method.
    ///
    /// # Errors
    /// The key and what to write instead.
    fn check_medium(&self, medium: &HarmonicMedium, at: &KeyPath) -> Result<(), Fault>;

    /// The linear equations that are solved, if any, and their key.
    fn equations(&self) -> Option<(&'static str, &Equations)> {
        None
    }

    /// The form of the equation that is solved.
    fn form(&self) -> StrongForm {
        StrongForm::Total
    }
}

/// A setting of a method that does not solve the equation of a medium.
#[derive(Debug)]
pub struct InMedium {
    /// The property of the medium, the key of `physics.helmholtz`.
    pub of: &'static str,
    /// The setting.
    pub found: String,
    /// What can be written with that property.
    pub expected: String,
}

impl Problem for InMedium {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not go with physics.helmholtz.{}", self.of))
            .found(&self.found)
            .expected(&self.expected)
            .help(format!("change it, or leave out the {}", self.of))
    }
}
