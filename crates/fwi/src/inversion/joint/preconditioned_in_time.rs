//! The wave equation in time, preconditioned by the propagator of the background.

use burn::tensor::Tensor;
use fields::JetOrder;

use super::outputs_in_time::OutputsInTime;
use super::radiation::Radiation;
use super::recorded::{ReceiverData, TraceMisfit};
use super::shots_in_time::{ShotContribution, over_shots};
use super::{Context, JointTerms, JointValue, Networks, Preconditioned, dealt_network};
use crate::forward::Transient;
use crate::inversion::InversionError;
use crate::inversion_settings::Stage;
use crate::regularizer::evaluate_all;
use crate::velocity_network::VelocityPoints;

/// `r = u_s - G0 w(u_0 + u_s)` at all nodes of the region and all times. The data are what the same sources w radiate
/// to the receivers.
pub(super) struct PreconditionedTermsInTime<'a> {
    context: &'a Context<'a>,
    weight: f64,
    radiation: Radiation,
    recorded: ReceiverData<'a>,
    /// Energy of the background fields.
    energy: f64,
    /// `[node, time]`.
    points: Tensor<2>,
    velocity: VelocityPoints,
}

impl<'a> PreconditionedTermsInTime<'a> {
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(
        settings: &Preconditioned,
        context: &'a Context<'a>,
        waves: &'a Transient,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let problem = context.problem;
        let radiation = Radiation::new(context, waves, settings.spacing)?;
        let velocity = VelocityPoints::cells(
            &radiation.region.grid,
            settings.points_per_cell,
            problem.background,
            context.frame,
            &context.device,
        );
        let points = context.space_time().tensor(&radiation.events(), &context.device);
        Ok(Self {
            context,
            weight: settings.weight,
            energy: radiation.u0.iter().flatten().map(|u| u * u).sum::<f64>().max(f64::MIN_POSITIVE),
            radiation,
            recorded: ReceiverData::new(context, waves, stage)?,
            points,
            velocity,
        })
    }

    fn shot(
        &self,
        shot: usize,
        scattered: &[f64],
        contrast: &[f64],
    ) -> Result<ShotContribution, InversionError> {
        let radiation = &self.radiation;
        let (nodes, steps, factor) = (contrast.len(), radiation.steps, self.weight / self.energy);
        let total: Vec<f64> = scattered.iter().zip(&radiation.u0[shot]).map(|(s, u)| s + u).collect();
        let (mut trace_misfit, mut residual) = (TraceMisfit::default(), Vec::new());
        let (mut by_field, by_contrast) = radiation.pulled_back(&total, contrast, |radiated| {
            let (inside, outside) = radiated.split_at(nodes * steps);
            residual = scattered.iter().zip(inside).map(|(s, g)| s - f64::from(*g)).collect();
            trace_misfit = self.recorded.trace_misfit_at_steps(shot, outside, steps, radiation.every);
            let by_residual = residual.iter().map(|r| -factor * r);
            Ok(by_residual.chain(trace_misfit.adjoint.iter().copied()).collect())
        })?;
        by_field.iter_mut().zip(&residual).for_each(|(by, r)| *by += factor * r);
        let energy = |field: &[f64]| field.iter().map(|v| v * v).sum::<f64>();
        let (residual, scattered) = (energy(&residual), energy(scattered));
        Ok(ShotContribution { trace_misfit, residual, scattered, by_field, by_contrast })
    }
}

impl JointTerms for PreconditionedTermsInTime<'_> {
    fn scale(&self) -> f32 {
        self.recorded.scale
    }

    fn evaluate(&mut self, networks: &Networks, sharpness: f64) -> Result<JointValue, InversionError> {
        let Some(velocity) = &networks.velocity else { unreachable!("checked before the run") };
        let evaluation = dealt_network::evaluate(&networks.wavefield, &self.points, JetOrder::Value);
        let sample = velocity.sample(&self.velocity, sharpness);
        let regularizers = &self.context.settings.regularizers;
        let (regularization, by_regularizers) =
            evaluate_all(regularizers, &sample.contrast, &self.radiation.region.grid);
        let one = |shot: usize, field: Vec<f64>| self.shot(shot, &field, &sample.contrast);
        let outputs = OutputsInTime::of_pressure(evaluation.channels(), self.recorded.scale);
        let Some(sum) = over_shots(&evaluation, &outputs, by_regularizers, one)? else {
            return Ok(JointValue::diverged());
        };
        Ok(JointValue {
            objective: sum.misfit + 0.5 * self.weight * sum.residual / self.energy + regularization,
            data_misfit: self.recorded.relative(sum.difference),
            pde_residual: (sum.residual / sum.scattered.max(f64::MIN_POSITIVE)).sqrt(),
            regularization,
            solves: 2 * evaluation.channels(),
            by_wavefield: evaluation.pull_back(sum.upstream),
            by_velocity: sample.pull_back(&sum.by_contrast),
        })
    }
}
