//! Networks as described in a scenario.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit, within};
use fields::{
    Activation, Architecture, BiasInit, Encoding, FieldsError, Numbers, VelocityOutput, WeightInit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

mod frequency_factor;

/// A fully connected network. Keys that are absent take the default of the activation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NetworkSettings")]
pub struct WrittenNetwork {
    /// Number of units in each hidden layer.
    #[schemars(transform = Unit::None.within(1.0, 16384.0))]
    pub width: usize,
    /// Number of layers with an activation. 0 is possible behind an encoding only.
    #[schemars(transform = Unit::None.within(0.0, 64.0))]
    pub layers: usize,
    /// Activation function: `sine`, `tanh`, `relu`, `sigmoid`, `softplus`, `selu`, `gaussian` or `gabor`.
    #[serde(default = "sine")]
    #[schemars(with = "String")]
    pub activation: Activation,
    /// Frequency factor of the first layer, or `auto`. The inputs are in units of half the extent of the grid, so a
    /// wavefield needs about the number of radians in that length. For `gaussian` it is the inverse width. `auto` is
    /// what the data and the starting model ask for, for sines in `implicit` in time; elsewhere it is 30 for `sine`
    /// and `gabor`, 10 for `gaussian`, 1 for the others. When absent, `auto`.
    #[serde(default, deserialize_with = "frequency_factor::read")]
    #[schemars(transform = Unit::None.within(1e-3, 1e5), transform = frequency_factor::or_auto)]
    pub w0_first: Option<f32>,
    /// Frequency factor of the other layers, with the same default.
    #[serde(default)]
    #[schemars(transform = Unit::None.within(1e-3, 1e5))]
    pub w0_hidden: Option<f32>,
    /// Scale s0 of the window exp(-(s0 z)^2) of `gabor`.
    #[serde(default = "ten")]
    #[schemars(transform = Unit::None.within(1e-3, 1e5))]
    pub s0: f32,
    /// `real` weights, or `complex` weights for `gabor` (the network of the WIRE paper, which is slower).
    #[serde(default)]
    #[schemars(with = "String")]
    pub numbers: Numbers,
    /// Initial biases: `none`, `reference` (uniform in +-1/sqrt(inputs), as in the reference code of the SIREN
    /// paper) or `phase` (uniform phases). When absent, `phase` for `sine` and `reference` for the others.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub bias: Option<BiasInit>,
    /// Initial weights: `siren`, `xavier_normal`, `xavier_truncated`, `he_normal`, `lecun_normal`, `uniform` or
    /// `auto`. `auto` takes `siren` for `sine`, `xavier_normal` for `tanh` and `sigmoid`, `he_normal` for `relu`
    /// and `softplus`, `lecun_normal` for `selu`, and `uniform` for `gaussian` and `gabor`.
    #[serde(default)]
    #[schemars(with = "String")]
    pub init: WeightInit,
    /// Factor on the initial weights between the first layer and the output.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1e-6, 1e6))]
    pub init_scale: f32,
    /// Where the frequency factors act: `multiplied` in each evaluation, as in the SIREN paper, or `absorbed` once
    /// into the initial weights, which gives the same initial network and smaller steps.
    #[serde(default = "absorbed")]
    #[schemars(with = "String")]
    pub frequency: fields::Frequency,
    /// Factor on the initial output layer.
    #[serde(default = "one")]
    #[schemars(transform = Unit::None.within(1e-9, 1e6))]
    pub output_scale: f32,
    /// An encoding between the points and the first layer. When absent, the points themselves enter the first
    /// layer.
    #[serde(default)]
    pub encoding: Option<EncodingSettings>,
    /// Allows an activation with kinks, `relu` or `selu`, for an equation with second derivatives. Its second
    /// derivative is then the one between the kinks: zero for `relu`, which learns nothing from the equation.
    #[serde(default)]
    pub weak_derivatives: bool,
}

/// A network. Settings that are not given have the defaults of its activation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(from = "WrittenNetwork")]
pub struct NetworkSettings {
    /// Units in each hidden layer.
    pub width: usize,
    /// Number of layers with an activation.
    pub layers: usize,
    /// Activation.
    #[schemars(with = "String")]
    pub activation: Activation,
    /// Frequency factor of the first layer; `None` is `auto`.
    #[serde(serialize_with = "frequency_factor::write")]
    pub w0_first: Option<f32>,
    /// Frequency factor of the other layers.
    pub w0_hidden: f32,
    /// Scale of the window of `gabor`.
    pub s0: f32,
    /// Real or complex weights.
    #[schemars(with = "String")]
    pub numbers: Numbers,
    /// Initial biases.
    #[schemars(with = "String")]
    pub bias: BiasInit,
    /// Initial weights.
    #[schemars(with = "String")]
    pub init: WeightInit,
    /// Factor on the initial weights between the first layer and the output.
    pub init_scale: f32,
    /// Where the frequency factors act.
    #[schemars(with = "String")]
    pub frequency: fields::Frequency,
    /// Factor on the initial output layer.
    pub output_scale: f32,
    /// What stands between the points and the first layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<EncodingSettings>,
    /// Whether derivatives between kinks will do.
    pub weak_derivatives: bool,
}

impl From<WrittenNetwork> for NetworkSettings {
    fn from(written: WrittenNetwork) -> Self {
        let activation = written.activation;
        let w0 = activation.row().w0;
        let bias = if activation == Activation::SINE { BiasInit::Phase } else { BiasInit::Reference };
        Self {
            width: written.width,
            layers: written.layers,
            activation,
            w0_first: written.w0_first,
            w0_hidden: written.w0_hidden.unwrap_or(w0),
            s0: written.s0,
            numbers: written.numbers,
            bias: written.bias.unwrap_or(bias),
            init: written.init,
            init_scale: written.init_scale,
            frequency: written.frequency,
            output_scale: written.output_scale,
            encoding: written.encoding,
            weak_derivatives: written.weak_derivatives,
        }
    }
}

/// Features of the points that take the place of the points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EncodingSettings {
    /// The coordinates, and the sine and cosine of 2^k pi times each (NeRF, as in the reference code of the SIREN
    /// paper).
    Positional {
        /// Number of octaves. The Nyquist frequency gives 7 for 512 samples.
        #[schemars(transform = Unit::None.within(1.0, 16.0))]
        bands: usize,
    },
    /// Sine and cosine of 2 pi B x with a random B (Tancik et al. 2020).
    Fourier {
        /// Rows of B, half the number of features.
        #[schemars(transform = Unit::None.within(1.0, 16384.0))]
        count: usize,
        /// Standard deviation of B, in periods per unit of the network's coordinates.
        #[schemars(transform = Unit::None.within(1e-6, 1e6))]
        sigma: f32,
        /// Seed of B.
        #[serde(default)]
        #[schemars(transform = ranges::seed())]
        seed: u64,
    },
    /// exp(-(s |x - c|^2)^2) with trained centres and sharpnesses, as in the reference code of the SIREN paper.
    Rbf {
        /// Number of centres.
        #[schemars(transform = Unit::None.within(1.0, 16384.0))]
        centres: usize,
    },
}

impl EncodingSettings {
    fn encoding(self) -> Encoding {
        match self {
            Self::Positional { bands } => Encoding::Positional { bands },
            Self::Fourier { count, sigma, seed } => Encoding::Fourier { count, sigma, seed },
            Self::Rbf { centres } => Encoding::Rbf { centres },
        }
    }
}

fn sine() -> Activation {
    Activation::SINE
}
fn absorbed() -> fields::Frequency {
    fields::Frequency::Absorbed
}
fn one() -> f32 {
    1.0
}
fn ten() -> f32 {
    10.0
}

impl NetworkSettings {
    /// Sines with the defaults of a scenario.
    #[must_use]
    pub fn of_sines(width: usize, layers: usize) -> NetworkSettings {
        let text = serde_json::json!({"width": width, "layers": layers});
        serde_json::from_value(text).expect("every other key has a default")
    }

    /// Sines for the velocity of `implicit`, whose first layer is chosen for the data: 4 layers of 128 units that start close to zero.
    #[must_use]
    pub fn of_a_velocity() -> NetworkSettings {
        NetworkSettings {
            w0_hidden: 1.0,
            bias: BiasInit::Reference,
            frequency: fields::Frequency::Multiplied,
            output_scale: 0.1,
            ..Self::of_sines(128, 4)
        }
    }

    /// The architecture for points `[x, z]` and this number of outputs.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn architecture(&self, outputs: usize) -> Result<Architecture, FieldsError> {
        self.architecture_of(2, outputs)
    }

    /// The architecture for events `[x, z, t]` and this number of outputs.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn architecture_in_time(&self, outputs: usize) -> Result<Architecture, FieldsError> {
        self.architecture_of(3, outputs)
    }

    /// The architecture for this number of inputs and outputs.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn architecture_of(&self, inputs: usize, outputs: usize) -> Result<Architecture, FieldsError> {
        let architecture = Architecture {
            inputs,
            outputs,
            width: self.width,
            layers: self.layers,
            activation: self.activation,
            w0_first: self.w0_first.unwrap_or(self.activation.row().w0),
            w0_hidden: self.w0_hidden,
            bias: self.bias,
            output_scale: self.output_scale,
            frequency: self.frequency,
            init: self.init,
            init_scale: self.init_scale,
            s0: self.s0,
            numbers: self.numbers,
            encoding: self.encoding.map_or(Encoding::None, EncodingSettings::encoding),
        };
        architecture.check()?;
        Ok(architecture)
    }

    /// Rejects an equation with derivatives of an order that the activation does not have, unless `weak_derivatives`
    /// is set.
    ///
    /// # Errors
    /// A [`Fault`] of the activation.
    pub fn require(&self, at: &KeyPath, order: usize) -> Result<(), Fault> {
        match self.activation.require(order) {
            Err(FieldsError::Derivative { activation, needed, has }) if !self.weak_derivatives => {
                Err(Fault::new(at.key("activation"), Kinks { activation, needed, has }))
            }
            _ => Ok(()),
        }
    }
}

impl CheckSettings for NetworkSettings {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.encoding.is_none() {
            within(&at.key("layers"), self.layers as f64, [1.0, 64.0], Unit::None)?;
        }
        // What is left are complex numbers without gabor, or with a window too wide for them.
        self.architecture(1).map(drop).map_err(|error| Fault::new(at.key("numbers"), NoNetwork(error)))
    }
}

/// An activation without the derivatives of an equation.
#[derive(Debug)]
struct Kinks {
    /// The activation.
    activation: &'static str,
    /// Order of the derivatives that the equation has.
    needed: usize,
    /// Highest order of those of the activation.
    has: usize,
}

impl Problem for Kinks {
    fn message(&self, subject: &Subject) -> Message {
        let Kinks { activation, needed, has } = self;
        Message::new(format!("{subject} has kinks"))
            .found(format!("`{activation}`, whose derivatives above order {has} are not functions"))
            .expected(format!("an activation with derivatives of order {needed}, for the equation"))
            .help("use a smooth one such as `sine` or `tanh`; `weak_derivatives: true` uses the derivatives between the kinks")
    }
}

/// Settings that no network can be made with.
#[derive(Debug)]
struct NoNetwork(FieldsError);

impl Problem for NoNetwork {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is not possible for this network"))
            .found(self.0.to_string())
            .expected("`gabor` with w0 at most 8 s0")
            .help("use `numbers: real`, or change the setting named above")
    }
}

/// A velocity model represented by a network.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VelocitySettings {
    /// The network.
    pub network: NetworkSettings,
    /// How its output becomes a velocity.
    #[serde(default)]
    pub output: OutputSettings,
}

impl CheckSettings for VelocitySettings {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.network.check(&at.key("network"))
    }
}

/// How the output of a velocity network becomes a velocity.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OutputSettings {
    /// `m / m_b = max(y, -0.999) + 1`, as in the SIREN paper.
    Paper {},
    /// A velocity between the bounds, a smooth function of the output.
    Bounded {},
    /// The starting model plus half the width of the bounds times the output, clipped to the bounds.
    Perturbation {},
    /// The middle of the bounds plus half their width times the output, clipped to the bounds. It does not know the
    /// starting model, so it needs a `warm_start`.
    Affine {},
    /// Piecewise constant: the background, or one of two unknown velocities, one above and one below it.
    Levels {
        /// Sharpness of the interfaces at the start and at the end of the inversion. It grows geometrically in
        /// between.
        #[serde(default = "sharpness")]
        #[schemars(transform = Unit::None.within(1e-6, 1e6))]
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

    /// Sharpness after a fraction of the inversion: constant for a fifth, geometric for three fifths, then constant.
    #[must_use]
    pub fn sharpness(&self, fraction: f64) -> f64 {
        let Self::Levels { sharpness: [start, end] } = self else { return 1.0 };
        start * (end / start).powf(((fraction - 0.2) / 0.6).clamp(0.0, 1.0))
    }
}
