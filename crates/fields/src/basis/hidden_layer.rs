//! The units of a network's last activated layer.

use crate::architecture::{Architecture, Numbers};
use crate::basis::{Basis, STREAMS};
use crate::collocation::Point;
use crate::encoding::Encoding;
use crate::error::FieldsError;
use crate::network::Network;

/// The units of the last activated layer of a network, of which its output layer is a weighted sum.
///
/// With the random initial parameters of a one-layer sine network these are plane waves of random direction,
/// wavenumber and phase (random Fourier features). With a trained network they are what it has learnt.
pub struct HiddenLayer {
    architecture: Architecture,
    /// Weight `[in, out]` and bias of each layer, the frequency factor multiplied in.
    layers: Vec<(Vec<f64>, Vec<f64>)>,
}

impl HiddenLayer {
    /// The hidden layer of a network with the initial parameters for a seed.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] for an invalid description, or one without two inputs.
    pub fn init(architecture: &Architecture, seed: u64) -> Result<Self, FieldsError> {
        architecture.check()?;
        Self::from_values(architecture, &architecture.initial_parameters(seed))
    }

    /// The hidden layer of an existing network.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] for a network without two inputs.
    pub fn of(network: &Network) -> Result<Self, FieldsError> {
        Self::from_values(network.architecture(), &network.parameter_values())
    }

    /// Plane waves sin(k . x + phase) of wavenumbers uniform in the disc |k| <= `most`, in radians per unit of length.
    #[must_use]
    pub fn plane_waves(count: usize, most: f64, seed: u64) -> Self {
        use rand::rngs::StdRng;
        use rand::{Rng, SeedableRng};
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut weight, mut bias) = (vec![0.0; 2 * count], vec![0.0; count]);
        for i in 0..count {
            let wavenumber = most * rng.random::<f64>().sqrt();
            let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
            (weight[i], weight[count + i]) = (wavenumber * cos, wavenumber * sin);
            bias[i] = std::f64::consts::TAU * rng.random::<f64>();
        }
        let architecture = Architecture { layers: 1, ..Architecture::siren(count, 1, 1) };
        Self { architecture, layers: vec![(weight, bias)] }
    }

    fn from_values(architecture: &Architecture, values: &[Vec<f32>]) -> Result<Self, FieldsError> {
        if architecture.inputs != 2 {
            let found = architecture.inputs as f64;
            return Err(FieldsError::Architecture { what: "inputs", found, expected: "2 for a basis" });
        }
        if architecture.encoding != Encoding::None || architecture.numbers != Numbers::Real {
            let found = architecture.width as f64;
            let expected = "without encoding and complex weights for a basis";
            return Err(FieldsError::Architecture { what: "a network of width", found, expected });
        }
        let scaled = |values: &[f32], factor: f32| -> Vec<f64> {
            values.iter().map(|v| f64::from(*v) * f64::from(factor)).collect()
        };
        let layers = (0..architecture.layers).map(|layer| {
            let factor = architecture.factor(layer);
            (scaled(&values[2 * layer], factor), scaled(&values[2 * layer + 1], factor))
        });
        Ok(Self { architecture: *architecture, layers: layers.collect() })
    }
}

impl Basis for HiddenLayer {
    fn len(&self) -> usize {
        self.architecture.width
    }

    fn jets(&self, point: Point, jets: &mut [Vec<f64>; STREAMS]) {
        let width = self.architecture.width;
        let activation = self.architecture.activation.row().derivatives;
        let mut below: [Vec<f64>; STREAMS] = Default::default();
        for (layer, (weight, bias)) in self.layers.iter().enumerate() {
            std::mem::swap(&mut below, jets);
            for (stream, z) in jets.iter_mut().enumerate() {
                z.clear();
                match (layer, stream) {
                    (0, 0) => z.extend(
                        (0..width).map(|i| point[0] * weight[i] + point[1] * weight[width + i] + bias[i]),
                    ),
                    (0, 1) => z.extend_from_slice(&weight[..width]),
                    (0, 2) => z.extend_from_slice(&weight[width..]),
                    (0, _) => z.resize(width, 0.0),
                    (_, 0) => z.extend_from_slice(bias),
                    _ => z.resize(width, 0.0),
                }
                if layer > 0 {
                    for (h, row) in below[stream].iter().zip(weight.chunks_exact(width)) {
                        z.iter_mut().zip(row).for_each(|(z, w)| *z += h * w);
                    }
                }
            }
            let shape = f64::from(self.architecture.shape(layer));
            for i in 0..width {
                let [f, f1, f2, _] = activation(jets[0][i], shape);
                let [x, z] = [jets[1][i], jets[2][i]];
                jets[0][i] = f;
                jets[1][i] = f1 * x;
                jets[2][i] = f1 * z;
                jets[3][i] = f1 * jets[3][i] + f2 * x * x;
                jets[4][i] = f1 * jets[4][i] + f2 * z * z;
            }
        }
    }
}
