//! `model.parameters`: the parameters of the medium of any equation.

use document::{Fault, KeyPath, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::File;
use crate::property::{Ball, Disc, Gradient, Layers, Property, Rectangle, Uniform};
use crate::ranges;

/// One parameter of the medium, in its own unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterBlock {
    /// Its true values, if they are known. Data can be simulated from them, and results are compared with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<ParameterChoice>,
    /// Its starting values, which it keeps where no inversion looks for it.
    pub initial: ParameterChoice,
}

/// The true values, smoothed by a Gaussian.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smooth {
    /// Standard deviation of the Gaussian.
    #[schemars(transform = ranges::length())]
    pub sigma: f64,
}

/// A number that is known on a grid only.
impl Property for Smooth {
    fn at(&self, _: [f64; 2]) -> f64 {
        f64::NAN
    }

    fn numbers(&self, _: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }
}

document::choices! {
    /// The values of a parameter.
    #[derive(PartialEq)]
    pub enum ParameterChoice: dyn Property {
        uniform => Uniform,
        disc => Disc,
        ball => Ball,
        rectangle => Rectangle,
        layers => Layers,
        gradient => Gradient,
        smooth => Smooth,
        file => File,
    }
}

impl ParameterChoice {
    /// Checks shapes, and that the numbers are no more than `largest`; `at` is the key of the choice.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath, largest: f64) -> Result<(), Fault> {
        let at = at.key(self.name());
        self.as_dyn().check(&at)?;
        let numbers = self.as_dyn().numbers(&at);
        let range = [-largest, largest];
        numbers.iter().try_for_each(|(key, value)| document::within(key, *value, range, Unit::None))
    }
}
