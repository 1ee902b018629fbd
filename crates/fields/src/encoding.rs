//! Encodings: features that replace the points as input of the first layer, with their partial derivatives.
//!
//! An encoding turns d coordinates into features g(x). Its jet (the features with their first and second partial
//! derivatives) replaces the jet of the points as input of the dense layers, so derivatives of the network stay
//! exact.

use std::f32::consts::PI;

use burn::tensor::{Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::error::FieldsError;
use crate::initialization::{normal, uniform};
use crate::jet::JetOrder;

mod features;
mod rbf;
mod waves;

/// Initial sharpness of a radial basis function, as in the reference code.
const SHARPNESS: f32 = 10.0;

/// The largest number of bands of a positional encoding. Beyond it, f32 cannot represent the phase of the highest
/// band to a thousandth.
const MOST_BANDS: usize = 16;

/// The features of its points that a network receives.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Encoding {
    /// The coordinates themselves.
    #[default]
    None,
    /// The coordinates, and the sine and cosine of 2^k pi times each of them for k < `bands`.
    ///
    /// # Source
    /// Mildenhall et al., NeRF (ECCV 2020), equation 4; with the coordinates, as in the reference code of Sitzmann et al.
    /// (2020).
    Positional {
        /// Number of octaves; `n` samples in [-1, 1] support floor(log2(n / 4)), 7 for 512.
        bands: usize,
    },
    /// Sine and cosine of 2 pi B x, with B drawn from N(0, `sigma`^2).
    ///
    /// # Source
    /// Tancik et al., Fourier features let networks learn high frequency functions in low dimensional domains (NeurIPS
    /// 2020), section 6.1.
    Fourier {
        /// Number of rows of B: half the number of features.
        count: usize,
        /// Standard deviation of B, in periods per unit of the coordinates.
        sigma: f32,
        /// Seed of B, which is not trained.
        seed: u64,
    },
    /// exp(-(s |x - c|^2)^2) with trained centres c, initially U(-1, 1), and sharpnesses s, initially 10.
    ///
    /// Followed by relu layers this is the RBF-ReLU network of the SIREN paper; without further layers it is an RBF
    /// network.
    ///
    /// # Source
    /// `RBFLayer` in the reference code of Sitzmann et al. (2020), whose exponent has the fourth power of the distance.
    Rbf {
        /// Number of centres.
        centres: usize,
    },
}

impl Encoding {
    /// Number of features of points with `inputs` coordinates.
    #[must_use]
    pub fn features(&self, inputs: usize) -> usize {
        match *self {
            Self::None => inputs,
            Self::Positional { bands } => inputs * (1 + 2 * bands),
            Self::Fourier { count, .. } => 2 * count,
            Self::Rbf { centres } => centres,
        }
    }

    /// `[rows, columns]` of the trained parameters: for rbf the centres `[centre, coordinate]` and the sharpnesses
    /// `[1, centre]`.
    #[must_use]
    pub fn shapes(&self, inputs: usize) -> Vec<[usize; 2]> {
        match *self {
            Self::Rbf { centres } => vec![[centres, inputs], [1, centres]],
            _ => Vec::new(),
        }
    }

    /// Rejects settings that produce no features.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] with the first invalid field.
    pub fn check(&self) -> Result<(), FieldsError> {
        let refuse = |what, found, expected| Err(FieldsError::Architecture { what, found, expected });
        match *self {
            Self::Positional { bands } if !(1..=MOST_BANDS).contains(&bands) => {
                refuse("bands of the encoding", bands as f64, "1 to 16")
            }
            Self::Fourier { count: 0, .. } => refuse("count of the encoding", 0.0, "at least 1"),
            Self::Fourier { sigma, .. } if !(sigma.is_finite() && sigma > 0.0) => {
                refuse("sigma of the encoding", f64::from(sigma), "a positive number")
            }
            Self::Rbf { centres: 0 } => refuse("centres of the encoding", 0.0, "at least 1"),
            _ => Ok(()),
        }
    }

    /// Initial parameters, row-major, in the order of [`Encoding::shapes`].
    pub(crate) fn initial_parameters(&self, inputs: usize, rng: &mut StdRng) -> Vec<Vec<f32>> {
        match *self {
            Self::Rbf { centres } => vec![uniform(rng, centres * inputs, 1.0), vec![SHARPNESS; centres]],
            _ => Vec::new(),
        }
    }

    /// Frequencies of the waves, rad per unit of the coordinates, `[coordinate, wave]`; empty if the encoding has no
    /// waves.
    #[must_use]
    pub fn frequencies(&self, inputs: usize) -> Vec<f32> {
        match *self {
            Self::Positional { bands } => {
                let octave = |row: usize, column: usize| match column / bands == row {
                    true => (column % bands) as f32,
                    false => f32::NEG_INFINITY,
                };
                let columns = inputs * bands;
                (0..inputs * columns).map(|i| PI * octave(i / columns, i % columns).exp2()).collect()
            }
            Self::Fourier { count, sigma, seed } => {
                let mut rng = StdRng::seed_from_u64(seed);
                (0..inputs * count).map(|_| 2.0 * PI * sigma * normal(&mut rng)).collect()
            }
            Self::None | Self::Rbf { .. } => Vec::new(),
        }
    }

    /// The jet of the features, `[stream * N + point, feature]`; `None` if the points themselves enter the network.
    ///
    /// # Shapes
    /// `points` is `[N, inputs]`, `parameters` as [`Encoding::shapes`].
    pub(crate) fn streams(
        &self,
        parameters: &[Tensor<2>],
        points: &Tensor<2>,
        order: JetOrder,
    ) -> Option<Tensor<2>> {
        let [_, inputs] = points.dims();
        let features = match self {
            Self::None => return None,
            Self::Rbf { .. } => rbf::features(&parameters[0], &parameters[1], points),
            Self::Positional { .. } | Self::Fourier { .. } => {
                let values = self.frequencies(inputs);
                let shape = [inputs, values.len() / inputs];
                let frequencies = Tensor::from_data(TensorData::new(values, shape), &points.device());
                waves::features(frequencies, points, matches!(self, Self::Positional { .. }))
            }
        };
        Some(features.streams(order, inputs))
    }
}

/// The jet of the points themselves.
pub(crate) fn identity(points: &Tensor<2>, order: JetOrder) -> Tensor<2> {
    let [_, inputs] = points.dims();
    waves::coordinates(points).streams(order, inputs)
}

#[cfg(test)]
mod tests;
