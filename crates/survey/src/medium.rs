//! `model`: the velocity of the medium, P waves, in m/s.

use std::collections::BTreeMap;

use document::problems::{EmptyRange, WrongLength};
use document::{Fault as Wrong, KeyPath, Unit, rising};
use fd::Point;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod ball;
pub mod generated;
mod inversion;
mod on_grid;
pub mod parameters;
mod velocity_model;

pub use crate::model_file::File;
pub use ball::Ball;
pub use inversion::Inversion;
pub use parameters::{ParameterBlock, ParameterChoice};
pub use velocity_model::VelocityModel;

use generated::{Fault, Folds, Salt};
use on_grid::on_grid;

use crate::property::between;
use crate::ranges;

/// The velocity models.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelBlock {
    /// The true model, if it is known. Data can be simulated from it, and results are compared with it.
    #[serde(default, alias = "true", skip_serializing_if = "Option::is_none")]
    pub truth: Option<ModelChoice>,
    /// The starting model. Not for `waves`, whose parameters have starting models of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<ModelChoice>,
    /// The parameters of the medium by name, such as `vp`, `vs` and `rho`, for `waves`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, ParameterBlock>,
    /// Plausible velocities, [slowest, fastest]. A velocity outside is an error, because it is probably in another
    /// unit.
    #[serde(default = "default_velocity_range")]
    #[schemars(transform = ranges::velocity())]
    pub velocity_range: [f64; 2],
}

fn default_velocity_range() -> [f64; 2] {
    crate::model::PLAUSIBLE
}

impl VelocityModel for File {
    fn velocity(&self, _x: f64, _z: f64) -> Option<f64> {
        None
    }

    fn velocities(&self, _at: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        self.check_lengths(at)
    }
}

/// One velocity everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// Velocity.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
}

impl VelocityModel for Uniform {
    fn velocity(&self, _x: f64, _z: f64) -> Option<f64> {
        Some(self.velocity)
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("velocity"), self.velocity)]
    }
}

/// A disc in a uniform background, for which the wavefield is known exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disc {
    /// Velocity outside.
    #[schemars(transform = ranges::velocity())]
    pub background: f64,
    /// Velocity inside.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
    /// Centre [x, z].
    #[schemars(transform = ranges::coordinate())]
    pub centre: [f64; 2],
    /// Radius.
    #[schemars(transform = ranges::length())]
    pub radius: f64,
}

impl VelocityModel for Disc {
    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        let inside = (x - self.centre[0]).hypot(z - self.centre[1]) < self.radius;
        Some(if inside { self.velocity } else { self.background })
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("velocity"), self.velocity)]
    }
}

/// A rectangle along the axes in a uniform background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rectangle {
    /// Velocity outside.
    #[schemars(transform = ranges::velocity())]
    pub background: f64,
    /// Velocity inside.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
    /// Left and right side.
    #[schemars(transform = ranges::coordinate())]
    pub x: [f64; 2],
    /// Sides along y, in a volume. When absent, the rectangle is as long as the volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub y: Option<[f64; 2]>,
    /// Top and bottom side.
    #[schemars(transform = ranges::coordinate())]
    pub z: [f64; 2],
}

impl VelocityModel for Rectangle {
    fn velocity(&self, x: f64, z: f64) -> Option<f64> {
        Some(if between(x, self.x) && between(z, self.z) { self.velocity } else { self.background })
    }

    fn velocity_at(&self, point: &Point) -> Option<f64> {
        let across = self.y.is_none_or(|side| between(point.y(), side));
        if across { self.velocity(point.x(), point.z()) } else { Some(self.background) }
    }

    fn needs(&self) -> Option<&'static str> {
        self.y.map(|_| "y")
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        vec![(at.key("background"), self.background), (at.key("velocity"), self.velocity)]
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        rising(&at.key("x"), self.x, Unit::Metre)?;
        self.y.map_or(Ok(()), |side| rising(&at.key("y"), side, Unit::Metre))?;
        rising(&at.key("z"), self.z, Unit::Metre)
    }
}

/// Flat layers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// Depth z of each boundary between two layers, from top to bottom.
    #[schemars(transform = ranges::coordinate())]
    pub tops: Vec<f64>,
    /// Velocity of each layer, from top to bottom: one more than there are boundaries in `tops`.
    #[schemars(transform = ranges::velocity())]
    pub velocities: Vec<f64>,
}

impl VelocityModel for Layers {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn velocity(&self, _x: f64, z: f64) -> Option<f64> {
        self.velocities.get(self.tops.partition_point(|top| *top <= z)).copied()
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        let at = at.key("velocities");
        self.velocities.iter().enumerate().map(|(i, v)| (at.index(i), *v)).collect()
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        let (found, expected) = (self.velocities.len(), self.tops.len() + 1);
        if found != expected {
            let rule = "expected one velocity above each top and one below the last";
            return Err(Wrong::new(at.key("velocities"), WrongLength { found, expected, rule }));
        }
        match self.tops.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(i) => {
                let range = [self.tops[i], self.tops[i + 1]];
                Err(Wrong::new(at.key("tops"), EmptyRange { range, unit: Unit::Metre }))
            }
            None => Ok(()),
        }
    }
}

/// Velocity that grows linearly with depth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Velocity at the top edge of the grid, or at the sea floor.
    #[schemars(transform = ranges::velocity())]
    pub top: f64,
    /// Velocity at the bottom edge of the grid.
    #[schemars(transform = ranges::velocity())]
    pub bottom: f64,
    /// A layer of water above. None when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water: Option<Water>,
    /// Top and bottom edge in m; filled in from `grid.z`.
    #[serde(skip)]
    #[schemars(skip)]
    pub depths: [f64; 2],
}

/// Water over a flat sea floor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Water {
    /// Depth z of the sea floor.
    #[schemars(transform = ranges::coordinate())]
    pub depth: f64,
    /// Velocity of the water.
    #[schemars(transform = ranges::velocity())]
    pub velocity: f64,
}

impl VelocityModel for Gradient {
    fn needs(&self) -> Option<&'static str> {
        Some("z")
    }

    fn velocity(&self, _x: f64, z: f64) -> Option<f64> {
        let [mut top, bottom] = self.depths;
        if let Some(water) = &self.water {
            if z < water.depth {
                return Some(water.velocity);
            }
            top = water.depth;
        }
        Some(self.top + (self.bottom - self.top) * ((z - top) / (bottom - top)).clamp(0.0, 1.0))
    }

    fn velocities(&self, at: &KeyPath) -> Vec<(KeyPath, f64)> {
        let mut all = vec![(at.key("top"), self.top), (at.key("bottom"), self.bottom)];
        all.extend(self.water.iter().map(|water| (at.key("water").key("velocity"), water.velocity)));
        all
    }

    fn check(&self, at: &KeyPath) -> Result<(), Wrong> {
        self.water
            .as_ref()
            .map_or(Ok(()), |water| on_grid(&at.key("water").key("depth"), water.depth, self.depths))
    }
}

/// The true model, smoothed, for starting models: its slowness is convolved with a Gaussian.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smooth {
    /// Standard deviation of the Gaussian.
    #[schemars(transform = ranges::length())]
    pub sigma: f64,
    /// Depth z above which the true model is not smoothed, for example the sea floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub below: Option<f64>,
}

impl VelocityModel for Smooth {
    fn velocity(&self, _x: f64, _z: f64) -> Option<f64> {
        None
    }

    fn velocities(&self, _at: &KeyPath) -> Vec<(KeyPath, f64)> {
        Vec::new()
    }
}

document::choices! {
    /// A velocity model.
    #[derive(PartialEq)]
    pub enum ModelChoice: dyn VelocityModel {
        uniform => Uniform,
        disc => Disc,
        ball => Ball,
        rectangle => Rectangle,
        layers => Layers,
        folds => Folds,
        fault => Fault,
        salt => Salt,
        gradient => Gradient,
        smooth => Smooth,
        file => File,
        inversion => Inversion,
    }
}

impl ModelChoice {
    /// Fills in what depends on the edges of the grid in m.
    pub fn place(&mut self, x: [f64; 2], z: [f64; 2]) {
        match self {
            Self::Gradient(gradient) => gradient.depths = z,
            Self::Folds(folds) => folds.strata.place(x, z),
            Self::Fault(fault) => fault.strata.place(x, z),
            Self::Salt(salt) => salt.strata.place(x, z),
            _ => {}
        }
    }
}
