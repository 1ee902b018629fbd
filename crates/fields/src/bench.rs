//! Fixed cases to be timed, the same cases as in the peers' scripts.

use burn::tensor::{Device, Tensor, TensorData};

use crate::architecture::Architecture;
use crate::jet::{Jet, JetOrder};
use crate::network::Network;
use crate::optimizer::{Adam, At, Optimizer};

/// How the derivatives of a training step are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derivatives {
    /// Both second partials.
    Second,
    /// The Laplacian as one stream, as a residual without PML allows.
    Laplacian,
}

/// A SIREN with two inputs and two outputs in training on the Helmholtz residual u_xx + u_zz + k^2 u: jets of second order, mean
/// square, backward, Adam.
pub struct Training {
    network: Network,
    at: Tensor<2>,
    adam: Adam,
    derivatives: Derivatives,
}

impl Training {
    /// A network of this width and number of layers, and that many points.
    ///
    /// # Panics
    /// If a size is zero.
    #[must_use]
    pub fn new(
        (width, layers): (usize, usize),
        points: usize,
        derivatives: Derivatives,
        device: &Device,
    ) -> Self {
        let network =
            Network::init(&Architecture::siren(width, layers, 2), 0, device).expect("the case is a network");
        // The low-discrepancy points of the peers' scripts.
        let values: Vec<f32> =
            (0..2 * points).map(|i| ((i as f64 * 0.754_877_666).fract() * 2.0 - 1.0) as f32).collect();
        let at = Tensor::<2>::from_data(TensorData::new(values, [points, 2]), device);
        Self { network, at, adam: Adam::default(), derivatives }
    }

    /// One training step.
    ///
    /// # Panics
    /// Never: every parameter has a gradient, and shapes do not change.
    pub fn step(&mut self) {
        let (network, at) = (&self.network, self.at.clone());
        let jet: Jet = match self.derivatives {
            Derivatives::Second => network.jets(at, JetOrder::Second),
            Derivatives::Laplacian => network.jets(at, JetOrder::Laplacian),
        };
        let residual = jet.laplacian() + jet.value().mul_scalar(400.0);
        let loss = (residual.clone() * residual).mean().mul_scalar(1e-6);
        let mut gradients = loss.backward();
        let parameters = self.network.parameters();
        let gradients = parameters
            .iter()
            .map(|p| p.grad_remove(&mut gradients).expect("every parameter has a gradient"))
            .collect();
        let parameters = self.adam.step(At::new(1e-4, 0.0), parameters, gradients);
        self.network = self.network.with_parameters(parameters).expect("shapes do not change");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways to compute the derivatives take the same steps.
    #[test]
    fn the_cases_agree() {
        let [second, laplacian] = [Derivatives::Second, Derivatives::Laplacian].map(|derivatives| {
            let mut training = Training::new((16, 2), 30, derivatives, &Device::flex());
            (0..3).for_each(|_| training.step());
            training.network.parameter_values().concat()
        });
        assert!(second.iter().zip(&laplacian).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
