//! What the statistics of networks leave behind: `summary.json`.

use std::path::Path;

use fields::statistics::LayerStatistics;
use serde::{Deserialize, Serialize};

use crate::summary::FORMAT;
use survey::atomic;
use survey::data_error::DataError;

/// `summary.json` of a scenario of statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatisticsSummary {
    /// Version of this file, [`FORMAT`].
    pub format: u32,
    /// The scenario's name.
    pub scenario: String,
    /// One entry a network, in the scenario's order.
    pub activations: Vec<NetworkSummary>,
}

/// The numbers of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkSummary {
    /// Its name in the scenario.
    pub name: String,
    /// Name of its activation.
    pub activation: String,
    /// Numbers that it consists of.
    pub parameters: u64,
    /// Wall time, s.
    pub wall_s: f64,
    /// Its layers with an activation, from the input.
    pub layers: Vec<LayerSummary>,
}

/// The numbers of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// Position from the input, from 1.
    pub layer: usize,
    /// Mean of the arguments of the activation.
    pub pre_activation_mean: f64,
    /// Their standard deviation.
    pub pre_activation_deviation: f64,
    /// Their Kolmogorov-Smirnov distance from N(0, 1).
    pub from_normal: f64,
    /// The same from the normal law of their own mean and deviation.
    pub from_own_normal: f64,
    /// Mean of the values of the activation.
    pub activation_mean: f64,
    /// Their standard deviation.
    pub activation_deviation: f64,
    /// Their Kolmogorov-Smirnov distance from the arcsine law.
    pub from_arcsine: f64,
    /// Independent values: distances below about 1.36 / sqrt(independent) are those of chance.
    pub independent: f64,
    /// Standard deviation of the derivatives of the output by the values of the activation.
    pub activation_gradient_deviation: f64,
    /// Standard deviation of the derivatives of the summed outputs by the weights.
    pub weight_gradient_deviation: f64,
}

impl From<&LayerStatistics> for LayerSummary {
    fn from(layer: &LayerStatistics) -> LayerSummary {
        LayerSummary {
            layer: layer.layer,
            pre_activation_mean: layer.pre_activation.mean,
            pre_activation_deviation: layer.pre_activation.deviation,
            from_normal: layer.from_normal,
            from_own_normal: layer.from_own_normal,
            activation_mean: layer.activation.mean,
            activation_deviation: layer.activation.deviation,
            from_arcsine: layer.from_arcsine,
            independent: layer.independent,
            activation_gradient_deviation: layer.activation_gradient.deviation,
            weight_gradient_deviation: layer.weight_gradient.deviation,
        }
    }
}

impl StatisticsSummary {
    /// A summary of the present format.
    #[must_use]
    pub fn new(scenario: &str, activations: Vec<NetworkSummary>) -> StatisticsSummary {
        StatisticsSummary { format: FORMAT, scenario: scenario.to_owned(), activations }
    }

    /// Writes `summary.json`, to a temporary name first.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        atomic::write_json(path, self)
    }
}
