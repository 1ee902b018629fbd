//! Statistics of a network by layer: distributions and spectra of pre-activations and activations, and gradients.
//!
//! A network of one coordinate is evaluated on a regular line of points. The derivative of the sum of its outputs
//! over all points is computed by a hand-written reverse pass, block by block, so memory does not grow with the
//! number of points, except for the spectrum.

use burn::tensor::{Tensor, TensorData};

use crate::architecture::Numbers;
use crate::error::FieldsError;
use crate::fused::host_values;
use crate::jet::JetOrder;
use crate::network::Network;

mod distribution;
mod law;
mod spectrum;

pub use distribution::Distribution;
pub use law::Law;

use law::Distance;

/// Points of a block.
const BLOCK: usize = 1024;

/// Number of units of a layer whose spectrum is averaged, spread evenly over it.
const PROBED: usize = 32;

/// A line of points, ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The first point.
    pub from: f64,
    /// The last point.
    pub to: f64,
    /// Number of points.
    pub samples: usize,
}

/// The statistics of one activated layer.
///
/// # Units
/// Gradients are those of the sum of all outputs over all points.
#[derive(Debug, Clone)]
pub struct LayerStatistics {
    /// Position from the input, from 1.
    pub layer: usize,
    /// The input of the activation, w0 (W h + b), over all units and points.
    pub pre_activation: Distribution,
    /// Its output.
    pub activation: Distribution,
    /// Kolmogorov-Smirnov distance of all pre-activations from N(0, 1).
    pub from_normal: f64,
    /// The distance from the normal law with their own mean and standard deviation: the shape without the size.
    pub from_own_normal: f64,
    /// Kolmogorov-Smirnov distance of all activations from the arcsine law on [-1, 1].
    pub from_arcsine: f64,
    /// Number of independent values: units times the degrees of freedom along the line. A distance below about 1.36 /
    /// sqrt(independent) is compatible with the law at the 5 % level.
    pub independent: f64,
    /// Root mean square over units of the activation's amplitude at 0, 1, 2, ... periods on the line.
    pub spectrum: Vec<f64>,
    /// Gradient with respect to the activations.
    pub activation_gradient: Distribution,
    /// Gradient with respect to the weights of the layer.
    pub weight_gradient: Distribution,
}

/// Accumulated over the blocks.
struct Layer {
    pre_activation: Distribution,
    activation: Distribution,
    normal: Distance,
    arcsine: Distance,
    activation_gradient: Distribution,
    weight_gradient: Option<Tensor<2>>,
    probed: Vec<Vec<f32>>,
}

/// The statistics of every activated layer, from the input. `finished` is told how many blocks of points of how many are
/// finished.
///
/// # Errors
/// [`FieldsError::Architecture`] for a network of more than one coordinate or of complex numbers, and for a line of fewer
/// than two points.
///
/// # Source
/// Sitzmann et al., NeurIPS 2020, supplement, section 1.3 and its figures of activations and gradients by layer.
pub fn statistics(
    network: &Network,
    line: Line,
    finished: &mut dyn FnMut([usize; 2]),
) -> Result<Vec<LayerStatistics>, FieldsError> {
    let architecture = *network.architecture();
    let refuse = |what, found, expected| Err(FieldsError::Architecture { what, found, expected });
    if architecture.inputs != 1 {
        return refuse("inputs", architecture.inputs as f64, "1: the statistics are along a line");
    }
    if architecture.numbers == Numbers::Complex {
        return refuse("parts of a number", 2.0, "1: the statistics are those of real networks");
    }
    if line.samples < 2 {
        return refuse("samples", line.samples as f64, "at least 2");
    }
    let network = network.frozen();
    let parameters = network.parameters();
    let device = network.device();
    let step = (line.to - line.from) / (line.samples - 1) as f64;
    // Each block has points from the whole line, so the first one determines the range of the values.
    let blocks = line.samples.div_ceil(BLOCK);
    let mut layers: Vec<Layer> = Vec::new();
    for block in 0..blocks {
        let indices: Vec<usize> = (block..line.samples).step_by(blocks).collect();
        let points: Vec<f32> = indices.iter().map(|i| (line.from + step * *i as f64) as f32).collect();
        let points = Tensor::<2>::from_data(TensorData::new(points, [indices.len(), 1]), &device);
        let own = &parameters[2 * architecture.layers + 2..];
        let mut h = architecture.encoding.streams(own, &points, JetOrder::Value).unwrap_or(points);
        let (mut inputs, mut slopes) = (Vec::new(), Vec::new());
        for layer in 0..architecture.layers {
            let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
            let factor = architecture.factor(layer);
            let z = (h.clone().matmul(weight.clone()) + bias.clone()).mul_scalar(factor);
            let [f, f1, _] = (architecture.activation.row().tensor)(z.clone(), architecture.shape(layer));
            let (before, after) = (host_values(z), host_values(f.clone()));
            if block == 0 {
                layers.push(Layer::new(&before, &after, architecture.width, line.samples));
            }
            layers[layer].forward(&before, &after, &indices);
            inputs.push(h);
            slopes.push(f1.mul_scalar(factor));
            h = f;
        }
        let output = &parameters[2 * architecture.layers];
        let mut g = Tensor::<2>::ones([indices.len(), architecture.outputs], &device)
            .matmul(output.clone().transpose());
        for layer in (0..architecture.layers).rev() {
            layers[layer].backward(&host_values(g.clone()));
            let by_z = g * slopes.pop().expect("one for each layer");
            let by_weight = inputs.pop().expect("one for each layer").transpose().matmul(by_z.clone());
            let sum = &mut layers[layer].weight_gradient;
            *sum = Some(match sum.take() {
                Some(sum) => sum + by_weight,
                None => by_weight,
            });
            g = by_z.matmul(parameters[2 * layer].clone().transpose());
        }
        finished([block + 1, blocks]);
    }
    Ok(layers
        .into_iter()
        .enumerate()
        .map(|(index, layer)| layer.finish(index + 1, architecture.width))
        .collect())
}

impl Layer {
    fn new(before: &[f32], after: &[f32], width: usize, samples: usize) -> Self {
        Self {
            pre_activation: Distribution::around(before),
            activation: Distribution::around(after),
            normal: Distance::new(),
            arcsine: Distance::new(),
            activation_gradient: Distribution::default(),
            weight_gradient: None,
            probed: vec![vec![0.0; samples]; width.min(PROBED)],
        }
    }

    /// Values `[point, unit]` of the points at these positions on the line.
    fn forward(&mut self, before: &[f32], after: &[f32], indices: &[usize]) {
        self.pre_activation.add(before);
        self.activation.add(after);
        self.normal.add(Law::Normal, before);
        self.arcsine.add(Law::Arcsine, after);
        let width = after.len() / indices.len();
        let probes = self.probed.len();
        for (p, probe) in self.probed.iter_mut().enumerate() {
            let unit = p * width / probes;
            for (row, index) in indices.iter().enumerate() {
                probe[*index] = after[row * width + unit];
            }
        }
    }

    fn backward(&mut self, gradient: &[f32]) {
        if self.activation_gradient.count == 0 {
            self.activation_gradient = Distribution::around(gradient);
        }
        self.activation_gradient.add(gradient);
    }

    fn finish(self, layer: usize, width: usize) -> LayerStatistics {
        let by_weight = self.weight_gradient.map(host_values).unwrap_or_default();
        let mut weight_gradient = Distribution::around(&by_weight);
        weight_gradient.add(&by_weight);
        let (spectrum, freedom) = spectrum::spectrum(&self.probed);
        LayerStatistics {
            layer,
            from_normal: self.normal.distance(),
            from_own_normal: self.pre_activation.distance_from_own_normal(),
            from_arcsine: self.arcsine.distance(),
            independent: freedom * width as f64,
            pre_activation: self.pre_activation,
            activation: self.activation,
            spectrum,
            activation_gradient: self.activation_gradient,
            weight_gradient,
        }
    }
}

#[cfg(test)]
mod tests;
