//! A ball in a volume.

use document::KeyPath;
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::VelocityModel;
use crate::ranges;

/// A ball in a uniform background, in a volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ball {
    /// Velocity outside.
    #[schemars(transform = ranges::velocity())]
    pub background: f64,
    /// Velocity inside.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
    /// Centre [x, y, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: [f64; 3],
    /// Radius.
    #[schemars(transform = ranges::length())]
    pub radius: f64,
}

impl VelocityModel for Ball {
    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        self.velocity_at(&[x, 0.0, z].into())
    }

    fn velocity_at(&self, point: &Point) -> Option<f64> {
        let inside = point.distance(&self.centre.into()) < self.radius;
        Some(if inside { self.velocity } else { self.background })
    }

    fn needs(&self) -> Option<&'static str> {
        Some("y")
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("velocity"), self.velocity)]
    }
}
