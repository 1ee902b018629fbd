//! The statistics of networks as plain numbers.

use fields::statistics::LayerStatistics;
use serde::{Deserialize, Serialize};

/// The numbers of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkSummary {
    /// Its name in the scenario.
    pub name: String,
    /// Name of its activation.
    pub activation: String,
    /// Number of its parameters.
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
    /// The distance from the normal law with their own mean and standard deviation.
    pub from_own_normal: f64,
    /// Mean of the values of the activation.
    pub activation_mean: f64,
    /// Their standard deviation.
    pub activation_deviation: f64,
    /// Their Kolmogorov-Smirnov distance from the arcsine law.
    pub from_arcsine: f64,
    /// Number of independent values: distances below about 1.36 / sqrt(independent) are compatible with chance.
    pub independent: f64,
    /// Standard deviation of the derivatives of the output with respect to the activations.
    pub activation_gradient_deviation: f64,
    /// Standard deviation of the derivatives of the summed outputs with respect to the weights.
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

impl NetworkSummary {
    /// The values of its metrics by the keys of `summary.json`. The first layer sees the input itself, so that the laws are
    /// those of the layers behind it.
    #[must_use]
    pub fn values(&self) -> Vec<(&'static str, Option<f64>)> {
        let worst = |value: fn(&LayerSummary) -> f64| self.layers.iter().skip(1).map(value).reduce(f64::max);
        let (first, last) = (self.layers.first(), self.layers.last());
        let ratio = first
            .zip(last)
            .map(|(first, last)| first.activation_gradient_deviation / last.activation_gradient_deviation);
        vec![
            ("deviation_of_layer_2", self.layers.get(1).map(|l| l.pre_activation_deviation)),
            ("deviation_of_last_layer", last.map(|l| l.pre_activation_deviation)),
            ("from_normal", worst(|l| l.from_normal)),
            ("from_own_normal", worst(|l| l.from_own_normal)),
            ("activation_deviation", last.map(|l| l.activation_deviation)),
            ("from_arcsine", worst(|l| l.from_arcsine)),
            ("gradient_ratio", ratio.filter(|ratio| ratio.is_finite())),
            ("parameters", Some(self.parameters as f64)),
        ]
    }
}
