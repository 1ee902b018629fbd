//! What receivers recorded in a stage beside what they record in the background, in time.

use super::Context;
use crate::forward::Transient;
use crate::forward::acoustic::{DataOperator, SourceGroup};
use crate::inversion::InversionError;
use crate::inversion_settings::Stage;

/// Traces `[receiver, time]` of every shot, at the interval of the data.
pub(super) struct Recorded<'a> {
    data: DataOperator<'a>,
    /// Sum of the squares of the observed data.
    energy: f64,
    /// In the starting model, as they are.
    incident: Vec<Vec<f64>>,
    /// The largest difference between the two as the misfit sees them.
    pub(super) scale: f32,
}

/// What the traces of one shot are worth.
#[derive(Default)]
pub(super) struct Worth {
    pub(super) misfit: f64,
    /// Sum of the squares of synthetic minus observed samples.
    pub(super) difference: f64,
    /// The derivative of the misfit by the scattered traces.
    pub(super) adjoint: Vec<f64>,
}

impl<'a> Recorded<'a> {
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
        let (mut energy, mut scale) = (0.0, f64::MIN_POSITIVE);
        for (shot, incident) in incident.iter().enumerate() {
            let group = SourceGroup::single(shot);
            let traces = data.observed(&group);
            let without = data.process(&group, incident.clone());
            scale = traces.iter().zip(&without).fold(scale, |a, (o, i)| a.max((o - i).abs()));
            energy += traces.iter().map(|o| o * o).sum::<f64>();
        }
        Ok(Self { data, energy: energy.max(f64::MIN_POSITIVE), incident, scale: scale as f32 })
    }

    /// The misfit of a shot whose scattered field has these traces at the receivers.
    pub(super) fn worth(&self, shot: usize, scattered: impl Iterator<Item = f64>) -> Worth {
        let group = SourceGroup::single(shot);
        let observed = self.data.observed(&group);
        let synthetic = self.incident[shot].iter().zip(scattered).map(|(d, s)| d + s).collect();
        let synthetic = self.data.process(&group, synthetic);
        let difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
        let (misfit, adjoint) = self.data.misfit(&synthetic, &observed);
        Worth { misfit, difference, adjoint: self.data.process_transposed(&group, adjoint) }
    }

    /// The same of scattered traces at every step of a propagation, `every` steps from one sample of the data to the next;
    /// so is the adjoint source.
    pub(super) fn worth_at_steps(&self, shot: usize, scattered: &[f32], steps: usize, every: usize) -> Worth {
        let sampled = scattered.chunks(steps).flat_map(|trace| trace.iter().step_by(every));
        let worth = self.worth(shot, sampled.map(|v| f64::from(*v)));
        let mut adjoint = vec![0.0; scattered.len()];
        for (to, from) in adjoint.chunks_mut(steps).zip(worth.adjoint.chunks((steps - 1) / every + 1)) {
            to.iter_mut().step_by(every).zip(from).for_each(|(t, g)| *t = *g);
        }
        Worth { adjoint, ..worth }
    }

    /// The relative misfit of all shots, from the sum of their differences.
    pub(super) fn relative(&self, difference: f64) -> f64 {
        (difference / self.energy).sqrt()
    }
}
