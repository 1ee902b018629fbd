//! Networks as a scenario describes them.

use fields::{Activation, Architecture, BiasInit, FieldsError, VelocityOutput};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::key_path::KeyPath;
use crate::problem::Unit;
use crate::scenario::check::{CheckSettings, Fault, positive, within};

/// A fully connected network with periodic activations.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSettings {
    /// Units in each hidden layer.
    pub width: usize,
    /// Number of layers with an activation.
    pub layers: usize,
    /// Activation by name: `sine` or `tanh`.
    #[serde(default = "sine")]
    #[schemars(with = "String")]
    pub activation: Activation,
    /// Frequency factor of the first layer: the inputs are in units of half the grid's extent, so a wavefield wants
    /// about the number of radians in that length.
    #[serde(default = "w0")]
    pub w0_first: f32,
    /// Frequency factor of the other layers.
    #[serde(default = "w0")]
    pub w0_hidden: f32,
    /// Initial biases: `none`, `reference` (uniform in +-1/sqrt(inputs), as the reference code of the SIREN paper) or
    /// `phase` (uniform phases).
    #[serde(default = "phase")]
    #[schemars(with = "String")]
    pub bias: BiasInit,
    /// Where the frequency factors act: `multiplied` in each evaluation (the paper), or `absorbed` once into the initial
    /// weights, which gives the same initial network and smaller steps.
    #[serde(default = "absorbed")]
    #[schemars(with = "String")]
    pub frequency: fields::Frequency,
    /// Factor on the initial output layer.
    #[serde(default = "one")]
    pub output_scale: f32,
    /// Initial weights; what the activation asks for when absent.
    #[serde(default)]
    #[schemars(with = "String")]
    pub init: fields::initialization::WeightInit,
    /// Factor on the initial weights between the first layer and the output.
    #[serde(default = "one")]
    pub init_scale: f32,
    /// What stands between the points and the first layer.
    #[serde(default)]
    #[schemars(with = "String")]
    pub encoding: fields::encoding::Encoding,
}

fn sine() -> Activation {
    Activation::SINE
}
fn w0() -> f32 {
    30.0
}
fn phase() -> BiasInit {
    BiasInit::Phase
}
fn absorbed() -> fields::Frequency {
    fields::Frequency::Absorbed
}
fn one() -> f32 {
    1.0
}

impl NetworkSettings {
    /// Sines with the defaults of a scenario.
    #[must_use]
    pub fn of_sines(width: usize, layers: usize) -> NetworkSettings {
        let text = serde_json::json!({"width": width, "layers": layers});
        serde_json::from_value(text).expect("every other key has a default")
    }

    /// The architecture for points `[x, z]` and so many outputs.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn architecture(&self, outputs: usize) -> Result<Architecture, FieldsError> {
        let architecture = Architecture {
            inputs: 2,
            outputs,
            width: self.width,
            layers: self.layers,
            activation: self.activation,
            w0_first: self.w0_first,
            w0_hidden: self.w0_hidden,
            bias: self.bias,
            output_scale: self.output_scale,
            frequency: self.frequency,
            init: self.init,
            init_scale: self.init_scale,
            s0: 10.0,
            numbers: fields::architecture::Numbers::Real,
            encoding: self.encoding,
        };
        architecture.check()?;
        Ok(architecture)
    }
}

impl CheckSettings for NetworkSettings {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("width"), self.width as f64, [1.0, 16384.0], Unit::None)?;
        within(&at.key("layers"), self.layers as f64, [1.0, 64.0], Unit::None)?;
        for (key, value) in
            [("w0_first", self.w0_first), ("w0_hidden", self.w0_hidden), ("output_scale", self.output_scale)]
        {
            positive(&at.key(key), f64::from(value), Unit::None)?;
        }
        Ok(())
    }
}

/// A velocity as a network.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VelocitySettings {
    /// The network.
    pub network: NetworkSettings,
    /// What its outputs mean.
    #[serde(default)]
    pub output: OutputSettings,
}

impl CheckSettings for VelocitySettings {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.network.check(&at.key("network"))?;
        let OutputSettings::Levels { sharpness } = &self.output else { return Ok(()) };
        let at = at.key("output").key("levels").key("sharpness");
        positive(&at.index(0), sharpness[0], Unit::None)?;
        positive(&at.index(1), sharpness[1], Unit::None)
    }
}

/// What the outputs of a velocity network mean.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OutputSettings {
    /// `m / m_b = max(y, -0.999) + 1`, as in the SIREN paper.
    Paper {},
    /// A velocity between the bounds, smooth.
    Bounded {},
    /// The starting model and half the width of the bounds times the output, cut off at the bounds.
    Perturbation {},
    /// The middle of the bounds and half their width times the output, cut off at the bounds. It knows nothing of the
    /// starting model: give a `warm_start`.
    Affine {},
    /// Piecewise constant: the background, or one of two unknown velocities, one above and one below it.
    Levels {
        /// Sharpness of the interfaces at the start and at the end of the inversion; it grows geometrically in between.
        #[serde(default = "sharpness")]
        sharpness: [f64; 2],
    },
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self::Bounded {}
    }
}

fn sharpness() -> [f64; 2] {
    [1.0, 30.0]
}

impl OutputSettings {
    /// The map of the outputs.
    #[must_use]
    pub fn output(&self) -> VelocityOutput {
        match self {
            Self::Paper {} => VelocityOutput::Paper,
            Self::Bounded {} => VelocityOutput::Bounded,
            Self::Perturbation {} => VelocityOutput::Perturbation,
            Self::Affine {} => VelocityOutput::Affine,
            Self::Levels { .. } => VelocityOutput::Levels,
        }
    }

    /// Outputs of the network that the map reads.
    #[must_use]
    pub fn channels(&self) -> usize {
        if matches!(self, Self::Levels { .. }) { 2 } else { 1 }
    }

    /// Sharpness after a fraction of the inversion: constant for a fifth, then geometric for three fifths.
    #[must_use]
    pub fn sharpness(&self, fraction: f64) -> f64 {
        let Self::Levels { sharpness: [start, end] } = self else { return 1.0 };
        start * (end / start).powf(((fraction - 0.2) / 0.6).clamp(0.0, 1.0))
    }
}
