//! Choices of an inversion, until their own files bring them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{CheckSettings, Fault, positive};
use crate::key_path::KeyPath;
use crate::problem::Unit;

/// A SIREN.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// Units of each hidden layer.
    pub width: usize,
    /// Number of hidden layers.
    pub layers: usize,
}

impl Default for Network {
    fn default() -> Network {
        Network { width: 256, layers: 4 }
    }
}

/// Both as neural fields, fitted together.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// The wavefield network.
    #[serde(default)]
    pub wavefield: Network,
    /// The velocity network.
    #[serde(default)]
    pub velocity: Network,
}

/// A velocity network, with exact wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implicit {
    /// The velocity network.
    #[serde(default)]
    pub velocity: Network,
}

/// Velocity on a grid, with exact wavefields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Distance between the unknowns in m; that of the grid when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<f64>,
}

/// Half the sum of squares.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct L2 {}

/// Total variation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalVariation {
    /// Weight against the misfit.
    pub weight: f64,
}

/// Quasi-Newton with bounds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lbfgs {}

/// Adam.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adam {
    /// Step.
    pub learning_rate: f64,
}

impl CheckSettings for Joint {}
impl CheckSettings for Implicit {}
impl CheckSettings for L2 {}
impl CheckSettings for Lbfgs {}
impl CheckSettings for Grid {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.spacing.map_or(Ok(()), |spacing| positive(&at.key("spacing"), spacing, Unit::Metre))
    }
}
impl CheckSettings for TotalVariation {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("weight"), self.weight, Unit::None)
    }
}
impl CheckSettings for Adam {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        positive(&at.key("learning_rate"), self.learning_rate, Unit::None)
    }
}

choices! {
    /// How velocity and wavefield are represented.
    pub enum MethodChoice: dyn CheckSettings {
        joint => Joint,
        implicit => Implicit,
        grid => Grid,
    }
}

choices! {
    /// The distance between observed and synthetic data.
    pub enum MisfitChoice: dyn CheckSettings {
        l2 => L2,
    }
}

choices! {
    /// What is preferred among models that fit alike.
    pub enum RegularizerChoice: dyn CheckSettings {
        total_variation => TotalVariation,
    }
}

choices! {
    /// What moves the unknowns.
    pub enum OptimizerChoice: dyn CheckSettings {
        lbfgs => Lbfgs,
        adam => Adam,
    }
}
