//! The model that fits reconstructed wavefields best.
//!
//! A(m) is linear in squared slowness, so for a change dm of it the residual is `y + K u dm` with the diagonal K = dA/dm, and its
//! weighted square a quadratic function of each node by itself. Regularisers couple the nodes.

use num_complex::Complex64;
use optimise::{Bounds, Curvature, Evaluated, Minimised, State, minimise};

use super::equation::{Equation, Solved};
use super::fields::Reconstructed;
use super::multipliers::Multipliers;
use crate::inversion_error::InversionError;
use crate::optimizer::OptimizerChoice;
use crate::parameter_space::ParameterSpace;

/// The weighted residual of the equation of given fields, plus the regularisers, as a function of the contrast.
pub(super) struct ModelStep<'a> {
    space: &'a ParameterSpace<'a>,
    /// The model at which the fields were reconstructed, `[z, x]`.
    m: Vec<f64>,
    /// The value at that model.
    constant: f64,
    /// The derivative there, `[z, x]`.
    slope: Vec<f64>,
    /// The second derivative, `[z, x]`.
    curvature: Vec<f64>,
    /// The second derivative by contrasts, `[node of the region]`.
    by_contrast: Vec<f64>,
}

impl<'a> ModelStep<'a> {
    /// The function of fields that were reconstructed at a model `m` of squared slowness.
    ///
    /// # Errors
    /// [`InversionError::Elsewhere`] for an error of another rank.
    pub(super) fn new(
        space: &'a ParameterSpace<'a>,
        equation: &Equation,
        at: &[Solved],
        reconstructed: &[Reconstructed],
        multipliers: &Multipliers,
        m: Vec<f64>,
    ) -> Result<Self, InversionError> {
        // Of each frequency: the value, the derivative, the second derivative.
        let own: Vec<(&Solved, &Reconstructed)> = at.iter().zip(reconstructed).collect();
        let mut sum = equation.sum(&own, |(solved, one)| {
            let (mut constant, mut slope, mut curvature) = (0.0, vec![0.0; m.len()], vec![0.0; m.len()]);
            let scale = multipliers.weight(solved.place) / equation.energy(solved.frequency);
            for (field, source) in one.fields.iter().zip(&one.sources) {
                constant += 0.5 * scale * source.iter().map(Complex64::norm_sqr).sum::<f64>();
                for (node, kernel) in solved.solver.kernel().iter().enumerate() {
                    let by = kernel * field[node];
                    slope[node] += scale * (by.conj() * source[node]).re;
                    curvature[node] += scale * by.norm_sqr();
                }
            }
            Ok([vec![constant], slope, curvature].concat())
        })?;
        let curvature = sum.split_off(1 + m.len());
        let slope = sum.split_off(1);
        let constant = sum[0];
        let nodes = &space.region.nodes;
        let by_contrast = nodes.iter().map(|&node| space.start[node].powi(2) * curvature[node]).collect();
        Ok(Self { space, m, constant, slope, curvature, by_contrast })
    }

    /// The change of squared slowness to a contrast, `[z, x]`.
    pub(super) fn change(&self, contrast: &[f64]) -> Vec<f64> {
        self.space.variables(contrast).iter().zip(&self.m).map(|(new, old)| new - old).collect()
    }

    /// The value and the derivative by the contrast.
    pub(super) fn value(&self, contrast: &[f64]) -> Evaluated<f64> {
        let change = self.change(contrast);
        let mut value = self.constant;
        let mut derivative = vec![0.0; change.len()];
        for (node, dm) in change.iter().enumerate() {
            value += dm * (self.slope[node] + 0.5 * self.curvature[node] * dm);
            derivative[node] = self.slope[node] + self.curvature[node] * dm;
        }
        let mut gradient = self.space.by_contrast(&derivative);
        let (penalty, by_penalty) = self.space.penalty(contrast);
        gradient.iter_mut().zip(by_penalty).for_each(|(g, p)| *g += p);
        (value + penalty, gradient)
    }

    /// The contrast of the minimum within bounds, from a start.
    ///
    /// # Errors
    /// [`InversionError::OptimizerState`], never.
    pub(super) fn minimum(
        &mut self,
        optimizer: &OptimizerChoice,
        iterations: usize,
        start: &[f64],
        bounds: &Bounds<f64>,
    ) -> Result<Vec<f64>, InversionError> {
        let optimizer = optimizer.as_dyn().for_grid().expect("the plan has checked that it is one for grids");
        let mut contrast = start.to_vec();
        minimise(optimizer, 0..iterations, &|_| 1.0, State::new(), &mut contrast, bounds.clone(), self)?;
        Ok(contrast)
    }
}

impl Minimised<f64, InversionError> for ModelStep<'_> {
    fn evaluate(&mut self, contrast: &[f64]) -> Result<Evaluated<f64>, InversionError> {
        Ok(self.value(contrast))
    }
}

impl Curvature<f64, InversionError> for ModelStep<'_> {
    fn precondition(&mut self, gradient: &[f64]) -> Option<Vec<f64>> {
        // Nodes that no wave reaches have no curvature of their own.
        let floor = 1e-6 * self.by_contrast.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        Some(gradient.iter().zip(&self.by_contrast).map(|(g, h)| g / (h + floor)).collect())
    }
}
