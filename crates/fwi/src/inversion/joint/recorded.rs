//! The observed traces of a stage and those in the background, in time.

use super::Context;
use crate::forward::Transient;
use crate::forward::transient::{DataOperator, Supershot};
use crate::inversion::InversionError;
use crate::inversion_settings::Stage;
use crate::noise_ball::share_beyond;

/// Traces `[receiver, time]` of every shot, at the sampling interval of the data.
pub(super) struct ReceiverData<'a> {
    data: DataOperator<'a>,
    /// The relative noise of each shot.
    noise: Option<f64>,
    /// Sum of the squares of the observed data.
    energy: f64,
    /// Traces in the starting model, unfiltered.
    incident: Vec<Vec<f64>>,
    /// The largest difference between the two, filtered, of the fields that have the unit of the first; in that unit.
    pub(super) scale: f32,
}

/// The misfit of the traces of one shot.
#[derive(Default)]
pub(super) struct TraceMisfit {
    pub(super) misfit: f64,
    /// Sum of the squares of synthetic minus observed samples.
    pub(super) difference: f64,
    /// The derivative of the misfit with respect to the scattered traces.
    pub(super) adjoint: Vec<f64>,
}

impl<'a> ReceiverData<'a> {
    /// Reads the data and propagates every shot in the starting model.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(
        context: &'a Context<'a>,
        waves: &'a Transient,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let (problem, settings) = (context.problem, context.settings);
        let data = DataOperator::new(waves, problem, settings, stage)?;
        let incident = waves.starting_data(problem, settings)?;
        let fields = &waves.observed.header.fields;
        let (mut energy, mut scale) = (0.0, f64::MIN_POSITIVE);
        for (shot, incident) in incident.iter().enumerate() {
            let supershot = Supershot::single(shot);
            let traces = data.observed(&supershot);
            let without = data.process(&supershot, incident.clone());
            let of_field = traces.chunks(traces.len() / fields.len());
            let of_field = of_field.zip(without.chunks(traces.len() / fields.len()));
            for ((traces, without), (field, weight)) in of_field.zip(fields.iter().zip(&waves.field_weights))
            {
                if field.unit == fields[0].unit {
                    let largest = |a: f64, (o, i): (&f64, &f64)| a.max((o - i).abs() / weight);
                    scale = traces.iter().zip(without).fold(scale, largest);
                }
            }
            energy += traces.iter().map(|o| o * o).sum::<f64>();
        }
        Ok(Self {
            data,
            noise: context.noise,
            energy: energy.max(f64::MIN_POSITIVE),
            incident,
            scale: scale as f32,
        })
    }

    /// The misfit of a shot whose scattered field has these traces at the receivers.
    pub(super) fn trace_misfit(&self, shot: usize, scattered: impl Iterator<Item = f64>) -> TraceMisfit {
        let supershot = Supershot::single(shot);
        let observed = self.data.observed(&supershot);
        let synthetic = self.incident[shot].iter().zip(scattered).map(|(d, s)| d + s).collect();
        let synthetic = self.data.process(&supershot, synthetic);
        let difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
        let (misfit, mut adjoint) = self.data.misfit(&synthetic, &observed);
        let share = share_beyond(self.noise, [difference, observed.iter().map(|o| o * o).sum()]);
        adjoint.iter_mut().for_each(|a| *a *= share);
        let adjoint = self.data.process_transposed(&supershot, adjoint);
        TraceMisfit { misfit: misfit * share * share, difference, adjoint }
    }

    /// The same for scattered traces at every step of a propagation, with `every` steps per sample of the data; the
    /// adjoint source has the same layout.
    pub(super) fn trace_misfit_at_steps(
        &self,
        shot: usize,
        scattered: &[f32],
        steps: usize,
        every: usize,
    ) -> TraceMisfit {
        let sampled = scattered.chunks(steps).flat_map(|trace| trace.iter().step_by(every));
        let trace_misfit = self.trace_misfit(shot, sampled.map(|v| f64::from(*v)));
        let mut adjoint = vec![0.0; scattered.len()];
        for (to, from) in adjoint.chunks_mut(steps).zip(trace_misfit.adjoint.chunks((steps - 1) / every + 1))
        {
            to.iter_mut().step_by(every).zip(from).for_each(|(t, g)| *t = *g);
        }
        TraceMisfit { adjoint, ..trace_misfit }
    }

    /// The relative misfit of all shots, from the sum of their squared differences.
    pub(super) fn relative(&self, difference: f64) -> f64 {
        (difference / self.energy).sqrt()
    }
}
