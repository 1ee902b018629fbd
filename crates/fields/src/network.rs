//! A network: an [`Architecture`] with its parameters as tensors.

use burn::tensor::{Device, Tensor, TensorData};

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::fused;
use crate::jet::{Jet, JetOrder};
use crate::reference;

/// A fully connected network on a device.
///
/// # Shapes
/// Weights are `[in, out]`, biases `[1, out]`: layer(h) = f(w0 (h W + b)).
#[derive(Debug, Clone)]
pub struct Network {
    architecture: Architecture,
    parameters: Vec<Tensor<2>>,
}

/// A parameter that is not finite.
#[derive(Debug, Clone, PartialEq)]
pub struct NonFinite {
    /// The parameter, such as `weight of layer 2`.
    pub name: String,
    /// Position in it, row-major.
    pub entry: usize,
    /// NaN or infinity.
    pub value: f32,
}

impl std::fmt::Display for NonFinite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, entry {}, is {}", self.name, self.entry, self.value)
    }
}

impl Network {
    /// A network with the initial parameters for a seed, tracked for gradients.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] if the description is invalid, [`FieldsError::Memory`] if its parameters, their
    /// gradients and an optimiser do not fit into the available memory.
    pub fn init(architecture: &Architecture, seed: u64, device: &Device) -> Result<Self, FieldsError> {
        architecture.check()?;
        if let Some(available) = machine::memory::available() {
            architecture.memory(0, JetOrder::Value).check(available)?;
        }
        Self::from_values(architecture, architecture.initial_parameters(seed), device)
    }

    /// A network from row-major values, tracked for gradients.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`] and [`FieldsError::ParameterShape`].
    pub fn from_values(
        architecture: &Architecture,
        values: Vec<Vec<f32>>,
        device: &Device,
    ) -> Result<Self, FieldsError> {
        architecture.check()?;
        let shapes = architecture.shapes();
        for index in 0..shapes.len().max(values.len()) {
            let expected = shapes.get(index).copied().unwrap_or_default();
            let found = values.get(index).map_or(0, Vec::len);
            if found != expected[0] * expected[1] {
                return Err(FieldsError::ParameterShape { index, found: [1, found], expected });
            }
        }
        let device = device.clone().autodiff();
        let parameters = values
            .into_iter()
            .zip(shapes)
            .map(|(values, shape)| Tensor::from_data(TensorData::new(values, shape), &device).require_grad())
            .collect();
        Ok(Self { architecture: *architecture, parameters })
    }

    /// The same network with other parameters, as an optimiser returns them.
    ///
    /// # Errors
    /// [`FieldsError::ParameterShape`] if they do not fit.
    pub fn with_parameters(&self, parameters: Vec<Tensor<2>>) -> Result<Self, FieldsError> {
        let shapes = self.architecture.shapes();
        for index in 0..shapes.len().max(parameters.len()) {
            let expected = shapes.get(index).copied().unwrap_or_default();
            let found = parameters.get(index).map(Tensor::dims).unwrap_or_default();
            if found != expected {
                return Err(FieldsError::ParameterShape { index, found, expected });
            }
        }
        Ok(Self { architecture: self.architecture, parameters })
    }

    /// The same numbers without gradient tracking: evaluations store nothing for a backward pass.
    #[must_use]
    pub fn frozen(&self) -> Self {
        let parameters = self.parameters.iter().map(|p| p.clone().inner()).collect();
        Self { architecture: self.architecture, parameters }
    }

    /// The description of the network.
    #[must_use]
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The parameters in the order w1, b1, w2, b2, ..., output weight, output bias.
    #[must_use]
    pub fn parameters(&self) -> Vec<Tensor<2>> {
        self.parameters.clone()
    }

    /// The parameters as row-major values, in the order of [`Network::parameters`].
    #[must_use]
    pub fn parameter_values(&self) -> Vec<Vec<f32>> {
        self.parameters.iter().map(|p| fused::host_values(p.clone())).collect()
    }

    /// The first parameter that is not finite, in the order of [`Network::parameters`]; `None` if all are finite.
    #[must_use]
    pub fn first_non_finite(&self) -> Option<NonFinite> {
        self.parameter_values().iter().enumerate().find_map(|(parameter, values)| {
            let entry = values.iter().position(|value| !value.is_finite())?;
            Some(NonFinite { name: self.architecture.parameter_name(parameter), entry, value: values[entry] })
        })
    }

    /// The device of the parameters.
    #[must_use]
    pub fn device(&self) -> Device {
        self.parameters[0].device()
    }

    /// The field at points.
    ///
    /// # Shapes
    /// `points` is `[N, inputs]`, the result `[N, outputs]`.
    #[must_use]
    pub fn values(&self, points: Tensor<2>) -> Tensor<2> {
        self.jets(points, JetOrder::Value).streams()
    }

    /// The field and its partial derivatives at points, differentiable in the parameters (not in the points).
    ///
    /// On the CPU backend, at points with two or three coordinates (with three not for the Laplacian), the whole network,
    /// forward and backward, is one fused operation; otherwise it consists of plain Burn operations.
    ///
    /// # Shapes
    /// `points` is `[N, inputs]`.
    ///
    /// # Panics
    /// If derivatives are requested and `inputs` exceeds 4 (3 for the Laplacian), or `points` has another number of columns.
    #[must_use]
    pub fn jets(&self, points: Tensor<2>, order: JetOrder) -> Jet {
        let [_, columns] = points.dims();
        assert_eq!(columns, self.architecture.inputs, "columns of the points");
        let most = match order {
            JetOrder::Value => usize::MAX,
            JetOrder::Laplacian => 3,
            _ => 4,
        };
        assert!(columns <= most, "a jet of order {order:?} has at most {most} coordinates, not {columns}");
        let fused = self.architecture.fusible() && fused::has_kernel(self.architecture.inputs, order);
        if fused && fused::available(&self.device()) {
            fused::jets(&self.architecture, &self.parameters, points, order)
        } else {
            reference::reference(&self.architecture, &self.parameters, points, order)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Encoding;

    /// The first invalid parameter is named with its layer, and a valid network has none.
    #[test]
    fn what_is_not_finite_is_named() {
        let encoding = Encoding::Rbf { centres: 3 };
        let architecture = Architecture { encoding, ..Architecture::siren(4, 2, 1) };
        let network = Network::init(&architecture, 1, &Device::flex()).unwrap();
        assert_eq!(network.first_non_finite(), None);
        let names = ["weight of layer 1", "bias of layer 1", "weight of layer 2", "bias of layer 2"];
        let rest = ["weight of the output layer", "bias of the output layer", "parameter 1 of the encoding"];
        for (index, name) in names.into_iter().chain(rest).enumerate() {
            let mut values = network.parameter_values();
            let last = values[index].len() - 1;
            values[index][last] = f32::NAN;
            values[7][0] = f32::INFINITY;
            let bad = Network::from_values(&architecture, values, &Device::flex()).unwrap();
            let found = bad.first_non_finite().unwrap();
            assert_eq!((found.name.as_str(), found.entry), (name, last));
            assert_eq!(found.to_string(), format!("{name}, entry {last}, is NaN"));
        }
    }
}
