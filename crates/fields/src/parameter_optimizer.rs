//! What updates the parameters of a network.

use burn::tensor::{Device, Tensor, TensorData};
use optimise::{NormalEquations, State};

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::fused::host_values;

/// The objective at the current parameters, without its gradient.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// Learning rate of this step, which optimisers with a line search ignore.
    pub learning_rate: f64,
    /// The value of the objective, which optimisers with a learning rate ignore.
    pub objective: f64,
    /// The objective as half a sum of squares, linearised, if it is one.
    pub linearised: Option<&'a dyn Fn() -> NormalEquations>,
}

impl At<'_> {
    /// An objective of which only the value and the gradient are known.
    #[must_use]
    pub fn new(learning_rate: f64, objective: f64) -> Self {
        Self { learning_rate, objective, linearised: None }
    }
}

/// Updates parameters from their gradients.
///
/// Parameters and gradients have the order of [`crate::Network::parameters`], which is the same at every step. Each
/// step is one evaluation of the objective. An optimiser with a line search returns the parameters to try next and
/// compares them in its next step; [`Optimizer::accepted`] returns the parameters that it considers the best.
pub trait Optimizer: Send {
    /// Name in scenarios and checkpoints.
    fn name(&self) -> &'static str;

    /// Number of consecutive steps during which the objective must be the same function of the parameters.
    fn hold(&self) -> usize {
        1
    }

    /// The accepted parameters in one row, if those of the last step are only a trial.
    fn accepted(&self) -> Option<&[f32]> {
        None
    }

    /// Rejects networks that do not suit this optimiser.
    ///
    /// # Errors
    /// [`FieldsError::GaussNewton`].
    fn check(&self, _architecture: &Architecture) -> Result<(), FieldsError> {
        Ok(())
    }

    /// One step on host values, in place. The first call determines the shapes.
    ///
    /// # Shapes
    /// `shapes` are `[rows, columns]`, the values row-major.
    fn update(&mut self, at: At, shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]);

    /// The state as named rows of numbers, for a checkpoint.
    fn state(&self) -> State<f32>;

    /// Restores a state from [`Optimizer::state`].
    ///
    /// # Errors
    /// [`FieldsError::OptimizerState`] if it is invalid.
    fn restore(&mut self, state: State<f32>) -> Result<(), FieldsError>;

    /// One step: the new parameters, tracked for gradients on the device of the old ones.
    ///
    /// # Panics
    /// If the numbers of gradients and parameters differ.
    fn step(&mut self, at: At, parameters: Vec<Tensor<2>>, gradients: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        assert_eq!(parameters.len(), gradients.len(), "one gradient for each parameter");
        let shapes: Vec<[usize; 2]> = parameters.iter().map(Tensor::dims).collect();
        let Some(device) = parameters.first().map(|p| p.device().autodiff()) else { return parameters };
        let mut values: Vec<Vec<f32>> = parameters.into_iter().map(host_values).collect();
        let gradients: Vec<Vec<f32>> = gradients.into_iter().map(host_values).collect();
        self.update(at, &shapes, &mut values, &gradients);
        tensors(values, &shapes, &device)
    }

    /// The accepted parameters instead of the trial ones; the given ones if there is no difference.
    fn settled(&self, parameters: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let (Some(row), Some(first)) = (self.accepted(), parameters.first()) else { return parameters };
        let (shapes, device) = (parameters.iter().map(Tensor::dims).collect::<Vec<_>>(), first.device());
        let mut values: Vec<Vec<f32>> =
            shapes.iter().map(|[rows, columns]| vec![0.0; rows * columns]).collect();
        unflatten(row, &mut values);
        tensors(values, &shapes, &device.autodiff())
    }
}

/// The parameters at a share of the way from one set to another: 0 gives the first, 1 the second.
///
/// # Panics
/// If the sets have different shapes.
#[must_use]
pub fn between(from: &[Tensor<2>], to: &[Tensor<2>], share: f64) -> Vec<Tensor<2>> {
    let Some(device) = from.first().map(|first| first.device().autodiff()) else { return Vec::new() };
    let shapes: Vec<[usize; 2]> = from.iter().map(Tensor::dims).collect();
    assert!(to.iter().map(Tensor::dims).eq(shapes.iter().copied()), "parameters of the same shapes");
    let mix = |(from, to): (&Tensor<2>, &Tensor<2>)| -> Vec<f32> {
        let (from, to) = (host_values(from.clone()), host_values(to.clone()));
        from.iter().zip(to).map(|(from, to)| from + share as f32 * (to - from)).collect()
    };
    tensors(from.iter().zip(to).map(mix).collect(), &shapes, &device)
}

/// Parameters tracked for gradients.
fn tensors(values: Vec<Vec<f32>>, shapes: &[[usize; 2]], device: &Device) -> Vec<Tensor<2>> {
    let tensor = |(values, shape): (Vec<f32>, &[usize; 2])| {
        Tensor::from_data(TensorData::new(values, *shape), device).require_grad()
    };
    values.into_iter().zip(shapes).map(tensor).collect()
}

/// Writes one row back into the parameters.
pub(crate) fn unflatten(row: &[f32], values: &mut [Vec<f32>]) {
    let mut from = row;
    for values in values {
        let (these, rest) = from.split_at(values.len());
        values.copy_from_slice(these);
        from = rest;
    }
}
