//! The result of an earlier inversion as a starting model.

use document::KeyPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::VelocityModel;

/// The result of an inversion that is earlier in the list, by its name: `initial: {inversion: smooth}`. For the starting
/// model of an inversion only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Inversion(pub String);

impl VelocityModel for Inversion {
    fn velocity(&self, _x: f64, _z: f64) -> Option<f64> {
        None
    }

    fn velocities(&self, _at: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }
}
