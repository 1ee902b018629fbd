//! The description of a network before it has parameters: sizes, activation, frequency factors, initialisation.

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::activation::Activation;
use crate::encoding::Encoding;
use crate::error::FieldsError;
use crate::initialization::{BiasInit, Fan, WeightInit, uniform};
use crate::jet::JetOrder;

/// Where the frequency factor w0 of a layer is applied. The function is the same, but an optimiser sees different
/// parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// sin(w0 (W x + b)), as in the paper: one unit of learning rate moves the phase by w0.
    #[default]
    Multiplied,
    /// sin(W x + b), where w0 is part of W and b from the start.
    Absorbed,
}

/// The type of numbers of weights and activations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbers {
    /// Real weights.
    #[default]
    Real,
    /// Complex weights after a real first layer, and the real part of the output: the network of Saragadam et al.,
    /// WIRE (CVPR 2023), for `gabor`.
    Complex,
}

/// A fully connected network: an optional encoding of the points, `layers` activated layers of `width`, then a linear output layer.
///
/// The network of the SIREN paper's inversion, 2 -> 256 x 4 -> 11, has `layers` = 4.
///
/// # Source
/// Sitzmann et al., NeurIPS 2020, section 3.2 and the initialisation of its reference code.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Coordinates of a point: `[x]`, `[x, z]` or `[x, z, t]` for the jets.
    pub inputs: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Units of each activated layer.
    pub width: usize,
    /// Number of activated layers.
    pub layers: usize,
    /// The activation of these layers.
    pub activation: Activation,
    /// Frequency factor of the first layer.
    pub w0_first: f32,
    /// Frequency factor of the other activated layers; it also divides their initial weights if the
    /// activation is periodic.
    pub w0_hidden: f32,
    /// Initial biases.
    pub bias: BiasInit,
    /// Multiplies the initial weights of the output layer.
    pub output_scale: f32,
    /// Where the frequency factors are applied.
    #[serde(default)]
    pub frequency: Frequency,
    /// Initial weights.
    #[serde(default)]
    pub init: WeightInit,
    /// Multiplies the initial weights of the layers between the first and the output. Values other than 1 only serve
    /// to demonstrate their effect.
    #[serde(default = "one")]
    pub init_scale: f32,
    /// Scale s0 of the window of `gabor`, exp(-(s0 z)^2).
    #[serde(default = "ten")]
    pub s0: f32,
    /// The type of numbers of the weights.
    #[serde(default)]
    pub numbers: Numbers,
    /// The features that replace the points as input of the first layer.
    #[serde(default)]
    pub encoding: Encoding,
}

fn one() -> f32 {
    1.0
}
fn ten() -> f32 {
    10.0
}

/// Largest w0/s0 of a complex network: exp(i w0 z - |s0 z|^2) grows to exp((w0/s0)^2/4) for complex z, here 9e6.
const GROWTH: f32 = 8.0;

impl Architecture {
    /// The network of the SIREN paper's experiments: sine, w0 = 30 in all layers, biases as in the reference code.
    #[must_use]
    pub fn siren(width: usize, layers: usize, outputs: usize) -> Self {
        Self {
            inputs: 2,
            outputs,
            width,
            layers,
            activation: Activation::SINE,
            w0_first: 30.0,
            w0_hidden: 30.0,
            bias: BiasInit::Reference,
            output_scale: 1.0,
            frequency: Frequency::Multiplied,
            init: WeightInit::Auto,
            init_scale: 1.0,
            s0: 10.0,
            numbers: Numbers::Real,
            encoding: Encoding::None,
        }
    }

    /// A multilayer perceptron of real numbers with this activation and its own frequency factor.
    #[must_use]
    pub fn mlp(activation: Activation, width: usize, layers: usize, outputs: usize) -> Self {
        let w0 = activation.row().w0;
        Self { activation, w0_first: w0, w0_hidden: w0, ..Self::siren(width, layers, outputs) }
    }

    /// Rejects sizes of zero and factors that are not positive and finite.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] with the first invalid field.
    pub fn check(&self) -> Result<(), FieldsError> {
        let least_layers = usize::from(self.encoding == Encoding::None);
        for (what, found) in [
            ("inputs", self.inputs),
            ("outputs", self.outputs),
            ("width", self.width),
            ("layers", self.layers + 1 - least_layers),
        ] {
            if found == 0 {
                return Err(FieldsError::Architecture { what, found: 0.0, expected: "at least 1" });
            }
        }
        for (what, found) in [
            ("w0_first", self.w0_first),
            ("w0_hidden", self.w0_hidden),
            ("output_scale", self.output_scale),
            ("init_scale", self.init_scale),
            ("s0", self.s0),
        ] {
            if !(found.is_finite() && found > 0.0) {
                let expected = "a positive number";
                return Err(FieldsError::Architecture { what, found: f64::from(found), expected });
            }
        }
        if self.numbers == Numbers::Complex {
            if self.activation.row().name != "gabor" {
                let activation = self.activation.row().name;
                return Err(FieldsError::ComplexActivation { activation });
            }
            let found = f64::from(self.w0_first.max(self.w0_hidden) / self.s0);
            if found > f64::from(GROWTH) {
                let expected = "at most 8 with complex numbers: raise s0 or lower w0";
                return Err(FieldsError::Architecture { what: "w0/s0", found, expected });
            }
        }
        self.encoding.check()
    }

    /// `[rows, columns]` of every parameter in the order w1, b1, w2, b2, ..., output weight, output bias, then those of the
    /// encoding.
    ///
    /// With complex numbers, the rows of a hidden weight are real parts followed by imaginary parts, and so are the
    /// two rows of its bias. The rows of the output weight act on the real parts, then on the imaginary parts.
    #[must_use]
    pub fn shapes(&self) -> Vec<[usize; 2]> {
        let mut shapes = Vec::with_capacity(2 * self.layers + 4);
        let parts = if self.numbers == Numbers::Complex { 2 } else { 1 };
        for layer in 0..=self.layers {
            let outputs = if layer == self.layers { self.outputs } else { self.width };
            let parts = if layer == 0 { 1 } else { parts };
            let bias = if layer == self.layers { 1 } else { parts };
            shapes.extend([[parts * self.fan_in(layer), outputs], [bias, outputs]]);
        }
        shapes.extend(self.encoding.shapes(self.inputs));
        shapes
    }

    /// A description of the parameter at this position in [`Architecture::shapes`].
    #[must_use]
    pub fn parameter_name(&self, index: usize) -> String {
        let (layer, kind) = (index / 2, ["weight", "bias"][index % 2]);
        match layer {
            _ if layer < self.layers => format!("{kind} of layer {}", layer + 1),
            _ if layer == self.layers => format!("{kind} of the output layer"),
            _ => format!("parameter {} of the encoding", index - 2 * self.layers - 1),
        }
    }

    /// Number of inputs of a unit of a layer.
    fn fan_in(&self, layer: usize) -> usize {
        if layer == 0 { self.encoding.features(self.inputs) } else { self.width }
    }

    /// Whether the fused operation can compute this network: dense layers of real numbers, without encoding, and
    /// points with two or three coordinates.
    pub(crate) fn fusible(&self) -> bool {
        self.encoding == Encoding::None && self.numbers == Numbers::Real && matches!(self.inputs, 2 | 3)
    }

    /// The shape of a layer's activation, which only `gabor` uses: s0 divided by w0.
    #[must_use]
    pub fn shape(&self, layer: usize) -> f32 {
        self.s0 / if layer == 0 { self.w0_first } else { self.w0_hidden }
    }

    /// Number of scalar parameters.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.shapes().iter().map(|[rows, columns]| rows * columns).sum()
    }

    /// Bytes that one evaluation with gradient needs besides the parameters: the stored pre-activations of the fused
    /// operation, or its limit if it recomputes them instead.
    #[must_use]
    pub fn memory_estimate(&self, points: usize, order: JetOrder) -> usize {
        let width = self.width.next_multiple_of(32);
        let streams = order.streams(self.inputs);
        let stored = points * streams * width * self.layers.saturating_sub(1) * 4;
        stored.min(crate::fused::TAPE_LIMIT_BYTES) + points * streams * self.outputs * 4 * 4
    }

    /// The factor that multiplies the linear map of a layer at evaluation.
    #[must_use]
    pub fn factor(&self, layer: usize) -> f32 {
        match (self.frequency, layer) {
            (_, layer) if layer == self.layers => 1.0,
            (Frequency::Absorbed, _) => 1.0,
            (Frequency::Multiplied, 0) => self.w0_first,
            (Frequency::Multiplied, _) => self.w0_hidden,
        }
    }

    /// Initial parameters, row-major, in the order of [`Architecture::shapes`]; the same for the same seed.
    ///
    /// [`WeightInit`] and [`BiasInit`] state the distributions.
    #[must_use]
    pub fn initial_parameters(&self, seed: u64) -> Vec<Vec<f32>> {
        let mut rng = StdRng::seed_from_u64(seed);
        let init = match self.init {
            WeightInit::Auto => self.activation.row().init,
            init => init,
        };
        let mut parameters = Vec::new();
        for (index, [rows, columns]) in self.shapes().into_iter().take(2 * self.layers + 2).enumerate() {
            let layer = index / 2;
            let last = layer == self.layers;
            let fan = Fan { layer, inputs: self.fan_in(layer), outputs: columns, w0: self.w0_hidden };
            // The factor that the layer would have had, divided by the one it has.
            let absorbed = match (self.frequency, layer) {
                (Frequency::Multiplied, _) => 1.0,
                (Frequency::Absorbed, _) if last => 1.0,
                (Frequency::Absorbed, 0) => self.w0_first,
                (Frequency::Absorbed, _) => self.w0_hidden,
            };
            parameters.push(if index % 2 == 0 {
                let scale = match layer {
                    _ if last => self.output_scale,
                    0 => 1.0,
                    _ => self.init_scale,
                };
                init.weights(fan, rows * columns, absorbed * scale, &mut rng)
            } else {
                let bound =
                    self.bias.bound(fan.inputs, self.factor(layer), absorbed, last, self.output_scale);
                uniform(&mut rng, rows * columns, bound)
            });
        }
        parameters.extend(self.encoding.initial_parameters(self.inputs, &mut rng));
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// The parameter counts in the SIREN paper.
    #[test]
    fn parameter_counts() {
        assert_eq!(Architecture::siren(256, 4, 2).parameter_count(), 198_658);
        assert_eq!(Architecture::siren(256, 4, 11).parameter_count(), 200_971);
    }

    fn deviation(values: &[f64]) -> f64 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    }

    /// Standard deviation of pre-activations and activations per layer, on 500 points of [-1, 1]^2, in f64.
    fn statistics(architecture: &Architecture, seed: u64) -> (Vec<f64>, Vec<f64>) {
        let parameters = architecture.initial_parameters(seed);
        let shapes = architecture.shapes();
        let mut rng = StdRng::seed_from_u64(1);
        let mut h: Vec<Vec<f64>> = (0..500)
            .map(|_| vec![rng.random::<f64>() * 2.0 - 1.0, rng.random::<f64>() * 2.0 - 1.0])
            .collect();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for layer in 0..architecture.layers {
            let ([_, columns], factor) = (shapes[2 * layer], f64::from(architecture.factor(layer)));
            let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
            let z: Vec<Vec<f64>> = h
                .iter()
                .map(|h| {
                    let mut z: Vec<f64> = bias.iter().map(|b| f64::from(*b)).collect();
                    for (h, w) in h.iter().zip(weight.chunks(columns)) {
                        z.iter_mut().zip(w).for_each(|(z, w)| *z += h * f64::from(*w));
                    }
                    z.into_iter().map(|z| z * factor).collect()
                })
                .collect();
            h = z.iter().map(|z| z.iter().map(|a| a.sin()).collect()).collect();
            before.push(deviation(&z.concat()));
            after.push(deviation(&h.concat()));
        }
        (before, after)
    }

    /// Standard deviations by layer, averaged over four seeds.
    fn means(architecture: &Architecture) -> (Vec<f64>, Vec<f64>) {
        let runs: Vec<_> = (0..4).map(|seed| statistics(architecture, seed)).collect();
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        (0..architecture.layers)
            .map(|l| {
                (mean(runs.iter().map(|r| r.0[l]).collect()), mean(runs.iter().map(|r| r.1[l]).collect()))
            })
            .unzip()
    }

    /// The SIREN paper's figures at width 256: hidden pre-activation 1.00 without bias, 1.45 to 1.50 with the reference
    /// bias, activation 0.71. In the first layer w0^2 (2 Var(W) Var(x) + Var(b)) = 900 (2/36 + 1/6) = 14.1^2.
    ///
    /// Without bias 1.00 holds behind the first layer, whose phases wrap many times; after that the sine of a
    /// normal variable has variance (1 - exp(-2 s^2)) / 2, so s^2 becomes 1 - exp(-2 s^2), slightly less.
    ///
    /// A layer's variance comes from 256 biases: 1.2 of 2.2 known to 6 %, so the mean of four layers is known
    /// to 0.012 and the first to 0.3; tolerances are three of these.
    #[test]
    fn statistics_of_the_cards() {
        let reference = Architecture::siren(256, 4, 2);
        let (before, after) = means(&reference);
        assert!((before[0] - 14.1).abs() < 1.0, "{before:?}");
        assert!(before[1..].iter().all(|s| (1.45 - 0.036..1.50 + 0.036).contains(s)), "{before:?}");
        assert!(after.iter().all(|s| (s - 0.71).abs() < 0.02), "{after:?}");
        let (before, after) = means(&Architecture { bias: BiasInit::None, ..reference });
        assert!((before[1] - 1.0).abs() < 0.03 && (after[0] - 0.71).abs() < 0.02, "{before:?} {after:?}");
        for pair in before[1..].windows(2) {
            assert!((pair[1] - (1.0 - (-2.0 * pair[0] * pair[0]).exp()).sqrt()).abs() < 0.03, "{before:?}");
        }
    }

    /// Absorbing w0 changes the parameters, not the statistics.
    #[test]
    fn absorbed_frequency_gives_the_same_network() {
        let multiplied = Architecture { bias: BiasInit::Phase, ..Architecture::siren(32, 3, 2) };
        let absorbed = Architecture { frequency: Frequency::Absorbed, ..multiplied };
        let (a, b) = (statistics(&multiplied, 3), statistics(&absorbed, 3));
        for (x, y) in a.0.iter().chain(&a.1).zip(b.0.iter().chain(&b.1)) {
            assert!((x - y).abs() < 1e-5 * x, "{x} {y}");
        }
    }

    #[test]
    fn seeds_decide() {
        let architecture = Architecture::siren(16, 2, 1);
        assert_eq!(architecture.initial_parameters(5), architecture.initial_parameters(5));
        assert_ne!(architecture.initial_parameters(5), architecture.initial_parameters(6));
    }

    #[test]
    fn nonsense_is_refused() {
        let architecture = Architecture { w0_first: -1.0, ..Architecture::siren(16, 2, 1) };
        let text = architecture.check().unwrap_err().to_string();
        assert_eq!(text, "network: w0_first is -1, expected a positive number");
        assert!(Architecture { layers: 0, ..Architecture::siren(16, 2, 1) }.check().is_err());
    }
}
