//! Optimisers: a table of rows, one file each in `optimizer/`.

use burn::tensor::{Device, Tensor, TensorData};

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::fused::host_values;
use crate::normal_equations::NormalEquations;

pub mod adam;
pub mod gauss_newton;
pub mod lbfgs;
pub mod soap;

pub use adam::Adam;
pub use gauss_newton::GaussNewton;
pub use lbfgs::Lbfgs;
pub use soap::Soap;

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
    fn state(&self) -> Vec<(String, Vec<f32>)>;

    /// Restores a state from [`Optimizer::state`].
    ///
    /// # Errors
    /// [`FieldsError::OptimizerState`] if it is invalid.
    fn restore(&mut self, state: Vec<(String, Vec<f32>)>) -> Result<(), FieldsError>;

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

/// Parameters tracked for gradients.
fn tensors(values: Vec<Vec<f32>>, shapes: &[[usize; 2]], device: &Device) -> Vec<Tensor<2>> {
    let tensor = |(values, shape): (Vec<f32>, &[usize; 2])| {
        Tensor::from_data(TensorData::new(values, *shape), device).require_grad()
    };
    values.into_iter().zip(shapes).map(tensor).collect()
}

/// All parameters in one row.
fn flat(values: &[Vec<f32>]) -> Vec<f32> {
    values.concat()
}

/// Writes one row back into the parameters.
fn unflatten(row: &[f32], values: &mut [Vec<f32>]) {
    let mut from = row;
    for values in values {
        let (these, rest) = from.split_at(values.len());
        values.copy_from_slice(these);
        from = rest;
    }
}

/// One row of [`OPTIMIZERS`].
pub struct OptimizerRow {
    /// Name in scenarios.
    pub name: &'static str,
    /// The optimiser with its default settings.
    pub default: fn() -> Box<dyn Optimizer>,
}

/// All optimisers. To add one, write one file, its `mod` line, and one row here.
pub const OPTIMIZERS: &[OptimizerRow] = &[
    OptimizerRow { name: adam::NAME, default: || Box::new(Adam::default()) },
    OptimizerRow { name: soap::NAME, default: || Box::new(Soap::default()) },
    OptimizerRow { name: lbfgs::NAME, default: || Box::new(Lbfgs::default()) },
    OptimizerRow { name: gauss_newton::NAME, default: || Box::new(GaussNewton::default()) },
];

/// The optimiser with this name, with its default settings.
///
/// # Errors
/// [`FieldsError::UnknownName`] with the names of the table.
pub fn named(name: &str) -> Result<Box<dyn Optimizer>, FieldsError> {
    OPTIMIZERS.iter().find(|row| row.name == name).map(|row| (row.default)()).ok_or_else(|| {
        FieldsError::UnknownName {
            kind: "optimizer",
            found: name.to_owned(),
            known: OPTIMIZERS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/optimizer");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let mut rows: Vec<String> = OPTIMIZERS.iter().map(|row| row.name.to_owned()).collect();
        files.sort();
        rows.sort();
        assert_eq!(files, rows);
        for row in OPTIMIZERS {
            assert_eq!((row.default)().name(), row.name);
        }
    }

    const SHAPES: [[usize; 2]; 2] = [[5, 3], [1, 3]];

    /// Gradients that depend on the step and the values, so that a wrong state becomes visible.
    fn gradients(step: usize, values: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let wave = |i: usize, v: f32| v + 0.3 * ((step * 7 + i * 3) as f32).sin();
        values.iter().map(|v| v.iter().enumerate().map(|(i, v)| wave(i, *v)).collect()).collect()
    }

    fn run(optimizer: &mut dyn Optimizer, values: &mut [Vec<f32>], steps: std::ops::Range<usize>) {
        for step in steps {
            let gradients = gradients(step, values);
            // The value does not match the gradient, so searches also fail and start again.
            let objective = 1.0 + (step as f64).sin();
            let linearised = || identity(&gradients);
            let at = At { learning_rate: 1e-2, objective, linearised: Some(&linearised) };
            optimizer.update(at, &SHAPES, values, &gradients);
        }
    }

    /// Residuals that are the parameters themselves up to a shift.
    fn identity(gradients: &[Vec<f32>]) -> NormalEquations {
        let gradient: Vec<f64> = gradients.concat().into_iter().map(f64::from).collect();
        NormalEquations { matrix: faer::Mat::identity(gradient.len(), gradient.len()), gradient }
    }

    fn start() -> Vec<Vec<f32>> {
        SHAPES.iter().map(|[r, c]| (0..r * c).map(|i| (i as f32).cos()).collect()).collect()
    }

    /// Two runs are equal bit by bit, and a run through state and restore continues unchanged.
    #[test]
    fn every_optimizer_is_deterministic_and_resumes() {
        for row in OPTIMIZERS {
            let (mut whole, mut again) = (start(), start());
            run(&mut *(row.default)(), &mut whole, 0..40);
            let mut first = (row.default)();
            run(&mut *first, &mut again, 0..23);
            let mut second = (row.default)();
            second.restore(first.state()).unwrap();
            run(&mut *second, &mut again, 23..40);
            assert_eq!(whole, again, "{}", row.name);
        }
    }

    /// A truncated or missing state is rejected.
    #[test]
    fn every_optimizer_refuses_a_broken_state() {
        for row in OPTIMIZERS {
            let mut optimizer = (row.default)();
            run(&mut *optimizer, &mut start(), 0..3);
            let mut state = optimizer.state();
            state[1].1.pop();
            let error = (row.default)().restore(state).unwrap_err().to_string();
            assert!(error.contains(row.name), "{error}");
            assert!((row.default)().restore(vec![("x".into(), vec![])]).is_err());
        }
    }

    /// Every optimiser descends a convex function.
    #[test]
    fn every_optimizer_descends() {
        for row in OPTIMIZERS {
            let mut values = start();
            let mut optimizer = (row.default)();
            for _ in 0..400 {
                let gradients = values.clone();
                let objective = 0.5 * gradients.iter().flatten().map(|v| f64::from(v * v)).sum::<f64>();
                let linearised = || identity(&gradients);
                let at = At { learning_rate: 1e-2, objective, linearised: Some(&linearised) };
                optimizer.update(at, &SHAPES, &mut values, &gradients);
            }
            let norm: f32 = values.concat().iter().map(|v| v * v).sum();
            assert!(norm < 1e-2, "{} {norm}", row.name);
        }
    }
}
