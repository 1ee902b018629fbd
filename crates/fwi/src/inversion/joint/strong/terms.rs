//! The terms of the strong residual, evaluated on one set of points after the other.

use std::sync::Arc;

use burn::tensor::Tensor;
use fd::Grid;
use fields::{Balance, Evaluation, JetOrder, PointResidual, gradient_norms};
use num_complex::{Complex32, Complex64};
use rayon::prelude::*;

use super::super::data_equation::narrow;
use super::super::dealt_network;
use super::super::{Context, JointTerms, JointValue, Networks};
use super::loss::signs;
use super::radiated::{Radiation, radiated_edge};
use super::radiating::Radiating;
use super::smoothing::{Smoother, Smoothing};
use super::{DataFrom, Sampler, Strong, StrongLoss, learnt, memory, remember};
use crate::environment::Environment;
use crate::harmonic_equation::{HarmonicEquation, Outputs};
use crate::inversion::InversionError;
use crate::misfit::{FrequencyMisfit, relative};
use crate::noise_ball::BeyondNoise;
use crate::point_equation::PointEquation;
use crate::point_sets::PointSets;
use crate::regularizer::{RegularizerChoice, evaluate_all};
use crate::velocity_network::{VelocityPoints, VelocitySample, pull_back_point, slowness_of};

/// One frequency with its data, `[shot, receiver]`.
pub(super) struct Frequency {
    pub(super) omega: f64,
    pub(super) equation: HarmonicEquation,
    pub(super) outputs: Outputs,
    pub(super) incident: Vec<Complex64>,
    pub(super) observed: Vec<Complex64>,
    /// Used if the data come from the contrast sources.
    pub(super) radiation: Option<Radiation>,
    /// The field that they radiate to the edge, if the equation is imposed in the region only.
    pub(super) on_edge: Option<Radiation>,
}

/// One set of points with everything that depends only on the points.
pub(super) struct Batch {
    points: Vec<[f64; 2]>,
    /// The points, then the receivers if the data come from the network there, then the edge.
    tensor: Tensor<2>,
    /// Of each frequency.
    equations: Vec<PointEquation>,
    /// Positions of the points inside the region.
    inside: Vec<usize>,
    /// Those points, then the nodes of the regularisers' grid.
    velocity: VelocityPoints,
}

pub(super) struct StrongTerms<'a> {
    pub(super) settings: Strong,
    pub(super) scale: f32,
    pub(super) context: &'a Context<'a>,
    pub(super) parts: Vec<Frequency>,
    pub(super) sampler: Vec<Sampler>,
    /// The memory of the samplers when the points of this step were drawn, because a checkpoint contains the state
    /// before the step.
    pub(super) drawn_with: Vec<Vec<f32>>,
    pub(super) smoother: Option<Smoother>,
    /// Of the stage.
    pub(super) iterations: usize,
    pub(super) sets: PointSets<Batch>,
    pub(super) step: usize,
    pub(super) balance: Option<Balance>,
    pub(super) environment: Environment<'a>,
    pub(super) region_grid: Grid,
    /// Its nodes.
    pub(super) nodes: Tensor<2>,
    pub(super) edge: Vec<[f64; 2]>,
}

/// The velocity at the points of a batch, from its own network or from the shared one.
enum VelocityAt {
    Own(VelocitySample),
    Shared { at_points: Vec<fields::Slowness>, on_grid: Option<(Evaluation, Vec<fields::Slowness>)> },
}

impl StrongTerms<'_> {
    pub(super) fn draw(&mut self) -> Result<Batch, InversionError> {
        let problem = self.context.problem;
        self.drawn_with = learnt(&self.sampler);
        let mut points: Vec<[f64; 2]> = self.sampler.iter_mut().flat_map(|(n, s)| s.sample(*n)).collect();
        let lattice = self.smoother.as_ref().map(|smoother| smoother.place(&mut points));
        let region = self.context.settings.region;
        let inside: Vec<usize> = (0..points.len()).filter(|&p| region.covers(points[p])).collect();
        let equations = (self.parts.iter())
            .map(|part| part.equation.at(&points, part.omega, &self.environment))
            .collect::<Result<_, _>>()?;
        let mut all = points.clone();
        if self.settings.data_from == DataFrom::Network {
            all.extend(problem.survey.receivers_in_section());
        }
        all.extend_from_slice(&self.edge);
        let (frame, device) = (self.context.frame, &self.context.device);
        let velocity = match (&lattice, &self.settings.smoothing) {
            (Some(lattice), Some(Smoothing { points_per_cell, .. })) => {
                let cells = |grid: &Grid| {
                    VelocityPoints::cells(grid, *points_per_cell, problem.background, frame, device)
                };
                cells(lattice).and(cells(&self.region_grid))
            }
            _ => {
                let mut all: Vec<[f64; 2]> = inside.iter().map(|&p| points[p]).collect();
                all.extend(self.region_grid.points());
                let background = all.iter().map(|p| (problem.background)((*p).into())).collect();
                VelocityPoints::new(&all, background, frame, device)
            }
        };
        Ok(Batch { points, tensor: frame.tensor(&all, device), equations, inside, velocity })
    }

    fn velocity(
        &self,
        networks: &Networks,
        u: &Evaluation,
        batch: &Batch,
        sharpness: f64,
        on_grid: bool,
    ) -> VelocityAt {
        if let Some(velocity) = &networks.velocity {
            return VelocityAt::Own(velocity.sample(&batch.velocity, sharpness));
        }
        let (map, first) = (&networks.shared, networks.wavefield.architecture().outputs - 1);
        let background: Vec<f64> =
            batch.points.iter().map(|p| (self.context.problem.background)((*p).into())).collect();
        let at_points = slowness_of(map, &[], u, first, &background, sharpness);
        let on_grid = on_grid.then(|| {
            let evaluation = batch.velocity.evaluate(&networks.wavefield);
            let slowness = slowness_of(map, &[], &evaluation, first, batch.velocity.background(), sharpness);
            (evaluation, slowness)
        });
        VelocityAt::Shared { at_points, on_grid }
    }
}

impl StrongTerms<'_> {
    /// The set of a step, drawn if it is new.
    fn batch(&mut self, step: usize) -> Result<Arc<Batch>, InversionError> {
        match self.sets.at(step) {
            Some(batch) => Ok(batch),
            None => self.draw().map(|batch| self.sets.keep(batch)),
        }
    }
}

impl JointTerms for StrongTerms<'_> {
    fn skip(&mut self) {
        let step = self.step;
        self.step += 1;
        if self.sets.is_for_one(step) {
            self.sampler.iter_mut().for_each(|(n, s)| drop(s.sample(*n)));
        } else {
            // The step that uses the points reports an error in drawing them.
            drop(self.batch(step));
        }
    }

    fn scale(&self) -> f32 {
        self.scale
    }

    fn memory(&self) -> Vec<f32> {
        memory(self.balance.as_ref(), self.drawn_with.clone())
    }

    fn remember(&mut self, memory: &[f32]) {
        remember(memory, self.balance.as_mut(), &mut self.sampler);
    }

    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError> {
        let (settings, step) = (self.context.settings, self.step);
        let misfit = BeyondNoise { misfit: settings.misfit.in_frequency(), noise: self.context.noise };
        let (misfit, regularizers): (&dyn FrequencyMisfit, _) = (&misfit, &settings.regularizers);
        self.step += 1;
        let batch = self.batch(step)?;
        if self.sets.is_fresh(step) && self.balance.as_ref().is_some_and(|balance| balance.due(step)) {
            // With respect to the equation, the edge and the data, separately.
            let norms = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|factors| {
                gradient_norms::norm(
                    self.at(networks, (&batch, step, factors), sharpness, misfit, &[]).0.by_wavefield,
                )
            });
            if let Some(balance) = &mut self.balance {
                balance.tell(step, &norms);
            }
        }
        let factor = |term| self.balance.as_ref().map_or(1.0, |balance| balance.factor(term));
        let growth = self.growth(step);
        let factors = [growth, growth * factor(1), factor(2)];
        let (value, magnitudes) = self.at(networks, (&batch, step, factors), sharpness, misfit, regularizers);
        for (_, sampler) in &mut self.sampler {
            sampler.observe(&batch.points, &magnitudes);
        }
        Ok(value)
    }
}

/// A misfit with a factor.
struct Weighted<'a>(&'a dyn FrequencyMisfit, f64);

impl FrequencyMisfit for Weighted<'_> {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let (value, mut adjoint) = self.0.evaluate(synthetic, observed);
        adjoint.iter_mut().for_each(|a| *a *= self.1);
        (self.1 * value, adjoint)
    }
}

impl StrongTerms<'_> {
    /// The objective with factors on the equation, the edge and the data, and the size of the residual at each point.
    fn at(
        &self,
        networks: &Networks,
        (batch, step, factors): (&Batch, usize, [f64; 3]),
        sharpness: f64,
        misfit: &dyn FrequencyMisfit,
        regularizers: &[RegularizerChoice],
    ) -> (JointValue, Vec<f64>) {
        let loss = self.settings.loss.weighted([factors[0], factors[1]]);
        let misfit: &dyn FrequencyMisfit = &Weighted(misfit, factors[2]);
        let u = dealt_network::evaluate(&networks.wavefield, &batch.tensor, self.parts[0].equation.order());
        let velocity = self.velocity(networks, &u, batch, sharpness, !regularizers.is_empty());
        let pretraining =
            matches!(self.settings.loss, StrongLoss::Sitzmann { pretraining } if step < pretraining);

        let mut contrast = vec![0.0; batch.points.len()];
        for (i, &p) in batch.inside.iter().enumerate() {
            contrast[p] = match &velocity {
                _ if pretraining => 0.0,
                VelocityAt::Own(sample) => sample.contrast[i],
                VelocityAt::Shared { at_points, .. } => at_points[p].ratio - 1.0,
            };
        }
        let mut cells = self.cells(networks, &velocity, batch.inside.len());
        let mut upstream = vec![0.0; u.values().len()];
        let mut by_contrast = vec![0.0; batch.points.len()];
        let (mut objective, mut pde_residual) = (0.0, 0.0);
        let (mut synthetic, mut all_observed) = (Vec::new(), Vec::new());
        let mut magnitudes = vec![0.0; batch.points.len()];
        for (part, equation) in self.parts.iter().zip(&batch.equations) {
            let wavefield = part.outputs.fields;
            let equation = equation.with(contrast.clone());
            let mut residual = equation.residual(&u, wavefield);
            self.smooth(&mut residual);
            for r in &residual {
                magnitudes.iter_mut().zip(r).for_each(|(m, r)| *m += f64::from(r.norm()));
            }
            let (mut cost, mean) = loss.cost(&|p| equation.driven(p), &residual, wavefield.scale);
            self.smooth(&mut cost.by_residual);
            objective += cost.value;
            pde_residual += mean;
            let by_r = &cost.by_residual;
            equation.pull_back_all(&u, wavefield, by_r, &mut upstream, &mut by_contrast);
            let (value, data) = match (&part.radiation, &mut cells) {
                (Some(radiation), Some(cells)) => {
                    radiation.radiated(&part.outputs, cells, |data| misfit.evaluate(data, &part.observed))
                }
                _ => self.data_term(part, &u, misfit, pretraining, &mut upstream),
            };
            objective += value;
            objective += match (&part.on_edge, &mut cells) {
                (Some(on_edge), Some(cells)) => {
                    let factor = loss.edge_factor(self.edge.len(), part.outputs.of_pressure());
                    radiated_edge(on_edge, factor, &part.outputs, (&u, &mut upstream), cells)
                }
                _ => loss.edge_term(wavefield, &u, self.edge.len(), &mut upstream),
            };
            synthetic.extend(data);
            all_observed.extend_from_slice(&part.observed);
        }
        if pretraining {
            by_contrast.fill(0.0);
            let n = batch.points.len() as f64;
            for &p in &batch.inside {
                if let VelocityAt::Shared { at_points, .. } = &velocity {
                    let q = at_points[p].ratio - 1.0;
                    objective += n * q.abs();
                    by_contrast[p] = if q == 0.0 { 0.0 } else { n * q.signum() };
                }
            }
        }
        let by_cells = cells.as_ref().map_or(&[][..], |cells| &cells.by_contrast);
        let (regularization, mut by_wavefield, by_velocity) =
            self.finish(u, upstream, velocity, batch, [&by_contrast, by_cells], regularizers);
        if let Some(cells) = cells {
            let further = cells.evaluation.pull_back(cells.upstream);
            by_wavefield = by_wavefield.into_iter().zip(further).map(|(a, b)| a + b).collect();
        }
        let value = JointValue {
            objective: objective + regularization,
            data_misfit: relative(&synthetic, &all_observed),
            pde_residual: pde_residual.sqrt(),
            regularization,
            solves: 0,
            by_wavefield,
            by_velocity,
        };
        (value, magnitudes)
    }
}

impl StrongTerms<'_> {
    /// The growth of the weights of the equation and of the edge up to a step.
    fn growth(&self, step: usize) -> f64 {
        let done = self.sets.first_on_set(step) as f64 / self.iterations.max(1) as f64;
        self.settings.weight_growth.powf(done)
    }

    /// Applies the smoothing to residuals, or to derivatives with respect to smoothed residuals.
    fn smooth(&self, residuals: &mut [Vec<Complex32>]) {
        if let Some(smoother) = &self.smoother {
            residuals.par_iter_mut().for_each(|r| smoother.apply(r));
        }
    }

    /// The networks on the cells, if contrast sources are used.
    fn cells(&self, networks: &Networks, velocity: &VelocityAt, inside: usize) -> Option<Radiating> {
        let VelocityAt::Own(sample) = velocity else { return None };
        self.parts.iter().any(|part| part.radiation.is_some()).then(|| {
            // Systems need the derivatives too, which their contrast does not change.
            let order = match &self.parts[0].equation {
                HarmonicEquation::Helmholtz { .. } => JetOrder::Value,
                system @ HarmonicEquation::System(_) => system.order(),
            };
            let evaluation = dealt_network::evaluate(&networks.wavefield, &self.nodes, order);
            Radiating::new(evaluation, sample.contrast[inside..].to_vec())
        })
    }

    /// The misfit at the receivers, which follow the points.
    fn data_term(
        &self,
        part: &Frequency,
        u: &Evaluation,
        misfit: &dyn FrequencyMisfit,
        pretraining: bool,
        upstream: &mut [f32],
    ) -> (f64, Vec<Complex64>) {
        let receivers = self.context.problem.survey.receivers.count();
        let points = u.points() - receivers - self.edge.len();
        let shape = [u.points(), u.channels()];
        let at =
            |i: usize| part.incident[i] + part.outputs.pressure(u, points + i % receivers, i / receivers);
        let data: Vec<Complex64> = (0..part.observed.len()).map(at).collect();
        if pretraining {
            return (0.0, data);
        }
        let (value, adjoint) = match self.settings.loss {
            StrongLoss::LeastSquares { .. } => misfit.evaluate(&data, &part.observed),
            StrongLoss::Sitzmann { .. } => {
                let n = points as f64;
                let difference = data.iter().zip(&part.observed).map(|(s, o)| s - o);
                let parts = difference.map(|d| {
                    let sign = signs(Complex32::new(d.re as f32, d.im as f32));
                    (
                        n * (d.re.abs() + d.im.abs()),
                        n * Complex64::new(f64::from(sign.re), f64::from(sign.im)),
                    )
                });
                let (values, adjoint): (Vec<f64>, Vec<Complex64>) = parts.unzip();
                (values.iter().sum(), adjoint)
            }
        };
        for (i, g) in adjoint.iter().enumerate() {
            let place = [points + i % receivers, i / receivers];
            part.outputs.add_upstream(upstream, shape, place, narrow(*g));
        }
        (value, data)
    }

    /// Adds the regularisers and pulls all derivatives back to the parameters.
    fn finish(
        &self,
        u: Evaluation,
        mut upstream: Vec<f32>,
        velocity: VelocityAt,
        batch: &Batch,
        [by_contrast, by_cells]: [&[f64]; 2],
        regularizers: &[RegularizerChoice],
    ) -> (f64, Vec<Tensor<2>>, Vec<Tensor<2>>) {
        let inside = batch.inside.len();
        match velocity {
            VelocityAt::Own(sample) => {
                let (value, mut on_grid) =
                    evaluate_all(regularizers, &sample.contrast[inside..], &self.region_grid);
                on_grid.iter_mut().zip(by_cells).for_each(|(sum, g)| *sum += g);
                let mut all: Vec<f64> = batch.inside.iter().map(|&p| by_contrast[p]).collect();
                all.extend(on_grid);
                (value, u.pull_back(upstream), sample.pull_back(&all))
            }
            VelocityAt::Shared { at_points, on_grid } => {
                let (channels, mut levels) = (u.channels(), [0.0; 2]);
                for &p in &batch.inside {
                    let at = p * channels + channels - 1;
                    pull_back_point(&at_points[p], by_contrast[p], &mut upstream[at..], 1, &mut levels);
                }
                let mut gradient = u.pull_back(upstream);
                let Some((evaluation, slowness)) = on_grid else { return (0.0, gradient, Vec::new()) };
                let contrast: Vec<f64> = slowness[inside..].iter().map(|s| s.ratio - 1.0).collect();
                let (value, by) = evaluate_all(regularizers, &contrast, &self.region_grid);
                let mut upstream = vec![0.0; evaluation.values().len()];
                for (i, g) in by.iter().enumerate() {
                    let at = (inside + i) * channels + channels - 1;
                    pull_back_point(&slowness[inside + i], *g, &mut upstream[at..], 1, &mut levels);
                }
                let further = evaluation.pull_back(upstream);
                gradient = gradient.into_iter().zip(further).map(|(a, b)| a + b).collect();
                (value, gradient, Vec::new())
            }
        }
    }
}
