//! A scenario of fits: networks that learn a given array, its gradient or its Laplacian.

use document::ScenarioFile;
use fields::JetOrder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::target::TargetChoice;
use super::{OptimizerChoice, OutputsBlock};
use crate::network_settings::NetworkSettings;

/// A scenario of fits: networks that learn a velocity model or any other array, compared with each other.
///
/// A file with the key `fits` is one. `fwi run` fits every network, measures value and both derivatives against the
/// target, and writes a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitScenario {
    /// Version of the scenario format: 1.
    pub schema: u32,
    /// Name of the run directory and the report.
    pub name: String,
    /// What is learnt.
    pub target: TargetChoice,
    /// The networks to fit and compare.
    pub fits: Vec<FitBlock>,
    /// What is exported at the end, beside the networks.
    #[serde(default)]
    pub outputs: OutputsBlock,
}

impl ScenarioFile for FitScenario {}

/// One fit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FitBlock {
    /// Name of its folder in the run directory and its row in the report.
    pub name: String,
    /// What of the target the network learns.
    #[serde(default)]
    pub quantity: Quantity,
    /// The network.
    pub network: NetworkSettings,
    /// What moves its parameters: `adam`, `soap`, `lbfgs` or `gauss_newton`.
    pub optimizer: OptimizerChoice,
    /// Optimiser steps.
    pub steps: usize,
    /// Samples of the target in one step, drawn at random so that each is used once before any is used again; all of
    /// them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// How derivatives are scaled before they are learnt.
    #[serde(default)]
    pub scaling: Scaling,
    /// Length in m over which what is left of a derivative is smoothed before it is squared, by (1 - l^2 lap)^-1/2; not at all
    /// when absent. A Laplacian is the value times the square of its wavenumbers, so without it the longest waves, which are
    /// most of the value, count for nothing; with a length above theirs they count as in the gradient. It takes all samples in
    /// each step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoothing: Option<f64>,
    /// Relative error of the value, root mean square over root mean square: fitting stops there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// Longest time in s; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Where the network is computed: `auto`, `cpu`, or what a build with LibTorch offers (`cuda:0`, ...).
    #[serde(default = "fields::device::automatic")]
    pub device: String,
    /// Seed of all random numbers: one seed, one result on one machine.
    #[serde(default)]
    pub seed: u64,
}

/// What a network learns of the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The array itself.
    #[default]
    Value,
    /// Its first derivatives; the array follows up to a constant.
    Gradient,
    /// Its Laplacian; the array follows up to a harmonic function.
    Laplacian,
}

impl Quantity {
    /// All of them, in the order of the report.
    pub const ALL: [Quantity; 3] = [Quantity::Value, Quantity::Gradient, Quantity::Laplacian];

    /// The partials of a network that it needs.
    #[must_use]
    pub const fn order(self) -> JetOrder {
        match self {
            Quantity::Value => JetOrder::Value,
            Quantity::Gradient => JetOrder::First,
            Quantity::Laplacian => JetOrder::Laplacian,
        }
    }

    /// The word in a scenario.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Quantity::Value => "value",
            Quantity::Gradient => "gradient",
            Quantity::Laplacian => "laplacian",
        }
    }
}

/// How derivatives are scaled before they are learnt. The value always runs from -1 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// As the reference code of the SIREN paper: 10 times the Sobel operator, 10 000 times the Laplace operator of the
    /// samples.
    #[default]
    Card,
    /// By the standard deviation of what is learnt.
    Deviation,
}
