//! SOAP: Adam in the eigenbasis of Shampoo's two covariances.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use optimise::adam::Decays;
use optimise::{Floor, Moments, StateError};
use rayon::prelude::*;

use super::{At, Optimizer};
use crate::error::FieldsError;

/// Name in scenarios.
pub const NAME: &str = "soap";

/// Adam on the gradients of a weight rotated into the eigenvectors of the running means of G G^T and G^T G;
/// plain Adam on biases.
///
/// The bases are refreshed by one power iteration with a QR factorisation every `refresh_every` steps (and at
/// each of the first four).
///
/// # Source
/// Vyas et al., ICLR 2025, algorithm 3.
#[derive(Debug, Clone)]
pub struct Soap {
    /// Decay of the mean of the gradients.
    pub beta1: f32,
    /// Decay of the mean squares and of the covariances.
    pub beta2: f32,
    /// Added to the root of the mean square.
    pub epsilon: f32,
    /// Steps between two refreshes of the bases; 0 keeps them at the identity.
    pub refresh_every: u32,
    /// Axes longer than this are not rotated.
    pub largest_axis: usize,
    steps: u32,
    parameters: Vec<Parameter>,
}

impl Default for Soap {
    /// 0.95, 0.99, 1e-12, every 10 steps, axes up to 512.
    fn default() -> Self {
        Self::new(0.95, 0.99, 1e-12)
    }
}

impl Soap {
    /// SOAP with other decays.
    #[must_use]
    pub fn new(beta1: f32, beta2: f32, epsilon: f32) -> Self {
        let (refresh_every, largest_axis) = (10, 512);
        Self { beta1, beta2, epsilon, refresh_every, largest_axis, steps: 0, parameters: Vec::new() }
    }
}

/// How the moments of all parameters move in a step.
#[derive(Debug, Clone, Copy)]
struct Moving {
    decays: Decays<f32>,
    floor: Floor,
    steps: u32,
}

/// State of one parameter; moments are in the rotated basis.
///
/// Covariances and bases for the rows and for the columns; `None` if that axis is not rotated.
#[derive(Debug, Clone)]
struct Parameter {
    moments: Moments<f32>,
    /// Running means of G G^T and G^T G, lower triangles.
    covariances: [Option<Mat<f32>>; 2],
    /// Their eigenvectors, in columns.
    bases: [Option<Mat<f32>>; 2],
}

/// Adds g g^T to the covariance, if there is one.
fn learn(covariance: &mut Option<Mat<f32>>, g: MatRef<'_, f32>, beta: f32) {
    let Some(covariance) = covariance else { return };
    for column in covariance.as_mut().col_iter_mut() {
        column.iter_mut().for_each(|c| *c *= beta);
    }
    let (full, lower) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
    let covariance = covariance.as_mut();
    triangular::matmul(covariance, lower, Accum::Add, g, full, g.transpose(), full, 1.0 - beta, Par::Seq);
}

/// One power iteration on a basis. Returns new^T old, which transforms rotated quantities into the new basis.
fn refresh(covariance: &Option<Mat<f32>>, basis: &mut Option<Mat<f32>>) -> Option<Mat<f32>> {
    let (covariance, basis) = (covariance.as_ref()?, basis.as_mut()?);
    let n = basis.nrows();
    let full = Mat::from_fn(n, n, |i, j| covariance[(i.max(j), i.min(j))]);
    let new = product(full.as_ref(), basis.as_ref()).qr().compute_thin_Q();
    let turn = product(new.as_ref().transpose(), basis.as_ref());
    *basis = new;
    Some(turn)
}

fn product(a: MatRef<'_, f32>, b: MatRef<'_, f32>) -> Mat<f32> {
    let mut c = Mat::zeros(a.nrows(), b.ncols());
    matmul(c.as_mut(), Accum::Replace, a, b, 1.0, Par::Seq);
    c
}

/// left g right, where either may be absent, in place on row-major values.
fn rotate(
    values: &mut [f32],
    [rows, columns]: [usize; 2],
    left: Option<MatRef<'_, f32>>,
    right: Option<MatRef<'_, f32>>,
) {
    let mut between = vec![0.0f32; if left.is_some() { values.len() } else { 0 }];
    if let Some(left) = left {
        let g = MatRef::from_row_major_slice(values, rows, columns);
        let to = MatMut::from_row_major_slice_mut(&mut between, rows, columns);
        matmul(to, Accum::Replace, left, g, 1.0, Par::Seq);
    }
    match (left, right) {
        (None, None) => {}
        (Some(_), None) => values.copy_from_slice(&between),
        (_, Some(right)) => {
            if between.is_empty() {
                between = values.to_vec();
            }
            let g = MatRef::from_row_major_slice(&between, rows, columns);
            matmul(
                MatMut::from_row_major_slice_mut(values, rows, columns),
                Accum::Replace,
                g,
                right,
                1.0,
                Par::Seq,
            );
        }
    }
}

impl Parameter {
    fn new(shape: [usize; 2], largest_axis: usize) -> Self {
        let rotated = |size: usize| shape[0] > 1 && size <= largest_axis;
        Self {
            moments: Moments::zeros(shape[0] * shape[1]),
            covariances: shape.map(|size| rotated(size).then(|| Mat::zeros(size, size))),
            bases: shape.map(|size| rotated(size).then(|| Mat::identity(size, size))),
        }
    }

    /// One step on the values.
    fn update(
        &mut self,
        shape: [usize; 2],
        rate: f32,
        Moving { decays, floor, steps }: Moving,
        values: &mut [f32],
        gradient: &[f32],
    ) {
        let beta2 = decays[1];
        let g = MatRef::from_row_major_slice(gradient, shape[0], shape[1]);
        let mut direction = gradient.to_vec();
        let Self { moments, covariances: [rows, columns], bases } = self;
        let [left, right] = bases.each_ref().map(|basis| basis.as_ref().map(Mat::as_ref));
        rayon::join(
            || rayon::join(|| learn(rows, g, beta2), || learn(columns, g.transpose(), beta2)),
            || {
                rotate(&mut direction, shape, left.map(MatRef::transpose), right);
                moments.learn(&direction, decays);
                direction = moments.direction(decays, floor, steps);
                rotate(&mut direction, shape, left, right.map(MatRef::transpose));
            },
        );
        values.iter_mut().zip(&direction).for_each(|(v, d)| *v -= rate * d);
    }

    /// New bases, and the mean gradient in them. The mean squares do not change, as in the paper.
    fn refresh(&mut self, shape: [usize; 2]) {
        let Self { moments, covariances: [c0, c1], bases: [b0, b1] } = self;
        let (left, right) = rayon::join(|| refresh(c0, b0), || refresh(c1, b1));
        let (left, right) = (left.as_ref().map(Mat::as_ref), right.as_ref().map(Mat::as_ref));
        rotate(&mut moments.first, shape, left, right.map(MatRef::transpose));
    }
}

impl Optimizer for Soap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&mut self, at: At, shapes: &[[usize; 2]], values: &mut [Vec<f32>], gradients: &[Vec<f32>]) {
        if self.parameters.is_empty() {
            self.parameters = shapes.iter().map(|shape| Parameter::new(*shape, self.largest_axis)).collect();
        }
        self.steps += 1;
        let floor = Floor::Absolute(self.epsilon.into());
        let moving = Moving { decays: [self.beta1, self.beta2], floor, steps: self.steps };
        let refresh =
            self.refresh_every > 0 && (self.steps < 5 || self.steps.is_multiple_of(self.refresh_every));
        let work = self.parameters.par_iter_mut().zip(shapes).zip(values.par_iter_mut().zip(gradients));
        work.with_max_len(1).for_each(|((parameter, shape), (values, gradient))| {
            parameter.update(*shape, at.learning_rate as f32, moving, values, gradient);
            if refresh {
                parameter.refresh(*shape);
            }
        });
    }

    fn state(&self) -> Vec<(String, Vec<f32>)> {
        let mut state = vec![("steps".to_owned(), vec![self.steps as f32])];
        for (i, parameter) in self.parameters.iter().enumerate() {
            state.push((format!("first.{i}"), parameter.moments.first.clone()));
            state.push((format!("second.{i}"), parameter.moments.second.clone()));
            for axis in 0..2 {
                let values = |matrix: &Option<Mat<f32>>| matrix.as_ref().map(columns).unwrap_or_default();
                state.push((format!("covariance.{i}.{axis}"), values(&parameter.covariances[axis])));
                state.push((format!("basis.{i}.{axis}"), values(&parameter.bases[axis])));
            }
        }
        state
    }

    fn restore(&mut self, state: Vec<(String, Vec<f32>)>) -> Result<(), FieldsError> {
        let error =
            |what, found, expected| FieldsError::from(StateError { optimizer: NAME, what, found, expected });
        let mut parts = state.into_iter().map(|(_, values)| values);
        let steps = parts.next().unwrap_or_default();
        let [steps] = steps[..] else { return Err(error("steps", steps.len(), 1)) };
        let mut parameters = Vec::new();
        while let Some(first) = parts.next() {
            let second = parts.next().unwrap_or_default();
            if second.len() != first.len() {
                return Err(error("moments", second.len(), first.len()));
            }
            let (mut covariances, mut bases) = ([None, None], [None, None]);
            for axis in 0..2 {
                let covariance = parts.next().unwrap_or_default();
                let basis = parts.next().unwrap_or_default();
                let size = covariance.len().isqrt();
                if size * size != covariance.len() {
                    return Err(error("covariance", covariance.len(), size * size));
                }
                if basis.len() != covariance.len() {
                    return Err(error("basis", basis.len(), covariance.len()));
                }
                if size > 0 {
                    let matrix =
                        |values: &[f32]| MatRef::from_column_major_slice(values, size, size).to_owned();
                    covariances[axis] = Some(matrix(&covariance));
                    bases[axis] = Some(matrix(&basis));
                }
            }
            parameters.push(Parameter { moments: Moments { first, second }, covariances, bases });
        }
        self.steps = steps as u32;
        self.parameters = parameters;
        Ok(())
    }
}

fn columns(matrix: &Mat<f32>) -> Vec<f32> {
    matrix.col_iter().flat_map(|column| column.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizer::Adam;

    /// Pseudo-random numbers in -1..1 without a seed.
    fn wave(i: usize) -> f32 {
        ((i * i + 7 * i) as f32 * 0.618_034).fract() * 2.0 - 1.0
    }

    /// Without rotation, or with bases that stay at the identity, SOAP equals Adam bit by bit, because products with
    /// ones and zeros are exact.
    #[test]
    fn identity_bases_are_adam() {
        let shapes = [[6, 4], [1, 4]];
        let values: Vec<Vec<f32>> = vec![(0..24).map(wave).collect(), (0..4).map(wave).collect()];
        let run = |optimizer: &mut dyn Optimizer| {
            let mut values = values.clone();
            for step in 0..30 {
                let gradients: Vec<Vec<f32>> = values
                    .iter()
                    .map(|v| v.iter().enumerate().map(|(i, v)| v + wave(i + step)).collect())
                    .collect();
                optimizer.update(At::new(1e-2, 0.0), &shapes, &mut values, &gradients);
            }
            values
        };
        let adam = run(&mut Adam::with(0.95, 0.99, 1e-12));
        assert_eq!(adam, run(&mut Soap { refresh_every: 0, ..Soap::default() }));
        assert_eq!(adam, run(&mut Soap { largest_axis: 0, ..Soap::default() }));
        assert_ne!(adam[0], run(&mut Soap::default())[0]);
    }

    /// An orthogonal matrix.
    fn rotation(n: usize, seed: usize) -> Mat<f32> {
        Mat::from_fn(n, n, |i, j| wave(seed + i * n + j)).qr().compute_thin_Q()
    }

    /// Loss |D0 U W V D1|^2 / 2 with rotations U, V and diagonals spread over a factor of 100. The curvature is a
    /// product along rotated axes, which SOAP finds and Adam cannot. Returns the steps to reduce the loss by 1e6.
    fn steps_to_converge(optimizer: &mut dyn Optimizer) -> usize {
        let n = 16;
        let spread = |i: usize| 100f32.powf(-(i as f32) / (n - 1) as f32);
        let (u, v) = (rotation(n, 1), rotation(n, 900));
        let left = Mat::from_fn(n, n, |i, j| spread(i) * u[(i, j)]);
        let right = Mat::from_fn(n, n, |i, j| v[(i, j)] * spread(j));
        let mut values = vec![(0..n * n).map(wave).collect::<Vec<f32>>()];
        let mut start = None;
        for step in 0..8_000 {
            let w = MatRef::from_row_major_slice(&values[0], n, n);
            let residual = product(product(left.as_ref(), w).as_ref(), right.as_ref());
            let loss: f32 = columns(&residual).iter().map(|r| r * r).sum();
            if loss < 1e-6 * *start.get_or_insert(loss) {
                return step;
            }
            let back = product(left.as_ref().transpose(), residual.as_ref());
            let gradient = product(back.as_ref(), right.as_ref().transpose());
            let gradient: Vec<f32> = (0..n * n).map(|k| gradient[(k / n, k % n)]).collect();
            optimizer.update(At::new(0.01, 0.0), &[[n, n]], &mut values, &[gradient]);
        }
        8_000
    }

    #[test]
    fn converges_where_adam_crawls() {
        let (soap, adam) =
            (steps_to_converge(&mut Soap::default()), steps_to_converge(&mut Adam::with(0.95, 0.99, 1e-12)));
        assert!(3 * soap < adam, "soap {soap}, adam {adam}");
    }

    /// The basis is orthonormal and diagonalises the covariance after a few refreshes.
    #[test]
    fn bases_are_eigenvectors() {
        let n = 12;
        let (mut covariance, mut basis) = (Some(Mat::zeros(n, n)), Some(Mat::identity(n, n)));
        let q = rotation(n, 5);
        let g = Mat::from_fn(n, n, |i, j| q[(i, j)] * 1.7f32.powi(-(j as i32)));
        learn(&mut covariance, g.as_ref(), 0.0);
        for _ in 0..60 {
            refresh(&covariance, &mut basis);
        }
        let (covariance, basis) = (covariance.unwrap(), basis.unwrap());
        let full = Mat::from_fn(n, n, |i, j| covariance[(i.max(j), i.min(j))]);
        let turned = product(basis.as_ref().transpose(), product(full.as_ref(), basis.as_ref()).as_ref());
        let gram = product(basis.as_ref().transpose(), basis.as_ref());
        for i in 0..n {
            for j in 0..n {
                let identity = if i == j { 1.0 } else { 0.0 };
                assert!((gram[(i, j)] - identity).abs() < 1e-5);
                assert!(i == j || turned[(i, j)].abs() < 1e-4, "{i} {j} {}", turned[(i, j)]);
            }
        }
    }
}
