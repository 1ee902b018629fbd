//! Initial parameters of a network.

use std::f32::consts::{PI, TAU};

use rand::Rng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

/// Initial biases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasInit {
    /// Zero: the paper's statement that pre-activations are N(0, 1) holds.
    None,
    /// U(-1/sqrt(n_in), 1/sqrt(n_in)), multiplied by w0 in the layer, as in the reference code.
    Reference,
    /// A phase U(-pi, pi) after w0, zero in the output layer.
    Phase,
}

/// Initial weights; n_in and n_out are the numbers of inputs and outputs of a layer.
///
/// # Source
/// As in the reference code of Sitzmann et al. (NeurIPS 2020): `sine_init` and `first_layer_sine_init` for sine, `xavier`
/// for tanh and sigmoid, `normal` for relu and softplus, `selu` for selu, `trunc_normal` for its PINN baseline. Gaussian
/// and Gabor start as in the code of Saragadam et al. (CVPR 2023).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightInit {
    /// The default of the activation.
    #[default]
    Auto,
    /// First layer U(-1/n_in, 1/n_in), the others U(-a, a) with a = sqrt(6/n_in)/w0.
    Siren,
    /// N(0, 2/(n_in + n_out)): Glorot and Bengio (AISTATS 2010).
    XavierNormal,
    /// The same variance, redrawn beyond two standard deviations: Raissi et al. (J. Comput. Phys. 378, 2019).
    XavierTruncated,
    /// N(0, 2/n_in): He et al. (ICCV 2015).
    HeNormal,
    /// N(0, 1/n_in): Klambauer et al. (NeurIPS 2017).
    LecunNormal,
    /// U(-1/sqrt(n_in), 1/sqrt(n_in)): PyTorch's default.
    Uniform,
}

/// A layer, as seen by the initialisation rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fan {
    /// Position from the input.
    pub(crate) layer: usize,
    /// Inputs of a unit.
    pub(crate) inputs: usize,
    /// Units.
    pub(crate) outputs: usize,
    /// Frequency factor w0 of the hidden layers.
    pub(crate) w0: f32,
}

/// The distribution of a number.
#[derive(Debug, Clone, Copy)]
enum Law {
    /// Between minus and plus this.
    Uniform(f32),
    /// With this standard deviation.
    Normal(f32),
    /// The same, redrawn beyond two standard deviations.
    Truncated(f32),
}

impl WeightInit {
    fn law(self, fan: Fan) -> Law {
        let (inputs, outputs) = (fan.inputs as f32, fan.outputs as f32);
        match self {
            Self::Siren if fan.layer == 0 => Law::Uniform(1.0 / inputs),
            Self::Siren | Self::Auto => Law::Uniform((6.0 / inputs).sqrt() / fan.w0),
            Self::XavierNormal => Law::Normal((2.0 / (inputs + outputs)).sqrt()),
            Self::XavierTruncated => Law::Truncated((2.0 / (inputs + outputs)).sqrt()),
            Self::HeNormal => Law::Normal((2.0 / inputs).sqrt()),
            Self::LecunNormal => Law::Normal(1.0 / inputs.sqrt()),
            Self::Uniform => Law::Uniform(1.0 / inputs.sqrt()),
        }
    }

    /// Initial weights of a layer, times `scale`.
    pub(crate) fn weights(self, fan: Fan, count: usize, scale: f32, rng: &mut StdRng) -> Vec<f32> {
        match self.law(fan) {
            Law::Uniform(bound) => uniform(rng, count, bound * scale),
            Law::Normal(deviation) => (0..count).map(|_| normal(rng) * deviation * scale).collect(),
            Law::Truncated(deviation) => {
                let mut draw = || loop {
                    let x = normal(rng);
                    if x.abs() <= 2.0 {
                        return x * deviation * scale;
                    }
                };
                (0..count).map(|_| draw()).collect()
            }
        }
    }
}

/// Numbers from U(-bound, bound).
pub(crate) fn uniform(rng: &mut StdRng, count: usize, bound: f32) -> Vec<f32> {
    (0..count).map(|_| (rng.random::<f32>() * 2.0 - 1.0) * bound).collect()
}

/// A number from N(0, 1), by Box and Muller (1958).
pub(crate) fn normal(rng: &mut StdRng) -> f32 {
    let (u, v) = (1.0 - rng.random::<f32>(), rng.random::<f32>());
    (-2.0 * u.ln()).sqrt() * (TAU * v).cos()
}

impl BiasInit {
    /// Bound of the initial biases of a layer. `factor` multiplies them at evaluation, `absorbed` immediately.
    pub(crate) fn bound(
        self,
        inputs: usize,
        factor: f32,
        absorbed: f32,
        last: bool,
        output_scale: f32,
    ) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Reference => absorbed / (inputs as f32).sqrt() * if last { output_scale } else { 1.0 },
            Self::Phase if last => 0.0,
            Self::Phase => PI / factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    const ALL: [(WeightInit, f64); 6] = [
        (WeightInit::Siren, 6.0 / 200.0 / 9.0 / 3.0),
        (WeightInit::XavierNormal, 2.0 / 300.0),
        // The variance that remains within two standard deviations: 1 - 4 phi(2)/(2 Phi(2) - 1).
        (WeightInit::XavierTruncated, 2.0 / 300.0 * 0.773_741),
        (WeightInit::HeNormal, 2.0 / 200.0),
        (WeightInit::LecunNormal, 1.0 / 200.0),
        (WeightInit::Uniform, 1.0 / 200.0 / 3.0),
    ];

    /// Each rule has its variance. 40 000 numbers determine a variance to sqrt((kurtosis - 1)/40 000), at most 0.7 %,
    /// and a mean to half a per cent of the standard deviation; the tolerances are four of these.
    #[test]
    fn variances() {
        let fan = Fan { layer: 1, inputs: 200, outputs: 100, w0: 3.0 };
        for (init, expected) in ALL {
            let values = init.weights(fan, 40_000, 1.0, &mut StdRng::seed_from_u64(3));
            let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / 4e4;
            let variance = values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / 4e4;
            assert!((variance / expected - 1.0).abs() < 0.03, "{init:?} {variance} {expected}");
            assert!(mean.abs() < 0.02 * expected.sqrt(), "{init:?} {mean}");
            let double = init.weights(fan, 10, 2.0, &mut StdRng::seed_from_u64(3));
            assert!(double.iter().zip(&values).all(|(a, b)| *a == 2.0 * b), "{init:?}");
        }
    }

    /// The first layer of a SIREN is U(-1/n_in, 1/n_in), whatever w0; the truncated distribution ends at two standard
    /// deviations.
    #[test]
    fn bounds() {
        let mut rng = StdRng::seed_from_u64(1);
        let fan = Fan { layer: 0, inputs: 2, outputs: 100, w0: 30.0 };
        let largest = |values: Vec<f32>| values.iter().fold(0.0f32, |a, v| a.max(v.abs()));
        let first = largest(WeightInit::Siren.weights(fan, 10_000, 1.0, &mut rng));
        assert!((0.499..=0.5).contains(&first), "{first}");
        let end = 2.0 * (2.0f32 / 102.0).sqrt();
        let cut = largest(WeightInit::XavierTruncated.weights(fan, 10_000, 1.0, &mut rng));
        assert!(cut <= end && cut > 0.99 * end, "{cut} {end}");
    }
}
