//! Anisotropy with a vertical axis of symmetry.

use document::{Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::property::PropertyChoice;

/// The values that Thomsen's parameters may have; the equation needs more than -0.5.
pub const THOMSEN: [f64; 2] = [-0.45, 5.0];

/// A medium with a vertical axis of symmetry (VTI), along which the velocity is that of the model.
///
/// # Source
/// Thomsen, Geophysics 51 (1986), 1954-1966; the equation: Zhang, Zhang & Zhang, Geophysics 76 (2011), WA3-WA11.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anisotropy {
    /// Thomsen's epsilon, from -0.45 to 5, and nowhere below delta.
    pub epsilon: PropertyChoice,
    /// Thomsen's delta, from -0.45 to 5.
    pub delta: PropertyChoice,
}

impl Anisotropy {
    /// Checks the numbers; `at` is the key of the block.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.epsilon.check(&at.key("epsilon"), THOMSEN)?;
        self.delta.check(&at.key("delta"), THOMSEN)
    }

    /// Whether waves at a point (m) do not depend on their direction.
    #[must_use]
    pub fn is_isotropic(&self, point: [f64; 2]) -> bool {
        self.epsilon.at(point) == 0.0 && self.delta.at(point) == 0.0
    }
}
