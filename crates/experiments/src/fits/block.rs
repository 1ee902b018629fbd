//! The settings of one fit.

use document::Unit;
use fields::JetOrder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use fwi::network_settings::NetworkSettings;
use fwi::optimizer::OptimizerChoice;
use survey::ranges;

crate::member_block! {
    /// One fit.
    pub struct FitBlock {
        /// Name of its folder in the run directory and of its row in the report.
        pub name: String,
        /// What the network learns: the array, its gradient or its Laplacian.
        #[serde(default)]
        pub quantity: Quantity,
        /// The network.
        pub network: NetworkSettings,
        /// The optimiser: `adam`, `soap`, `lbfgs` or `gauss_newton`.
        pub optimizer: OptimizerChoice,
        /// Number of optimiser steps.
        #[schemars(transform = ranges::steps())]
        pub steps: usize,
        /// Number of samples of the target in one step, drawn at random so that each is used once before any is used
        /// again. When absent, all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = ranges::points())]
        pub batch: Option<usize>,
        /// How derivatives are scaled before they are learnt.
        #[serde(default)]
        pub scaling: Scaling,
        /// Length l over which the residual of a derivative is smoothed before it is squared, by (1 - l^2 lap)^-1/2.
        /// When absent, it is not smoothed. A Laplacian weighs each wavenumber by its square, so without smoothing the
        /// longest waves, which make up most of the value, hardly count. With a length above theirs they count as in
        /// the gradient. Smoothing takes all samples in each step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = ranges::length())]
        pub smoothing: Option<f64>,
        /// Relative error of the value (root mean square over root mean square) at which the fit stops.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(transform = Unit::None.within(1e-12, 1.0))]
        pub tolerance: Option<f64>,
    }
}

/// What a network learns of the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The array itself.
    #[default]
    Value,
    /// Its first derivatives. They determine the array except for a constant.
    Gradient,
    /// Its Laplacian. It determines the array except for a harmonic function.
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

/// The scaling of derivatives before a network learns them. The value always ranges from -1 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// As in the reference code of the SIREN paper: 10 times the Sobel derivatives, 10 000 times the Laplacian of
    /// the samples.
    #[default]
    #[serde(alias = "card")]
    Reference,
    /// By the standard deviation of the derivative.
    Deviation,
}
