//! What follows from the starting model alone: the estimate of the wavelet, and the wavefields and data of every shot.

use std::borrow::Cow;

use fd::Point;
use survey::survey::Receivers;
use survey::traces::WaveletEstimate;
use survey::wavelet::SourceWavelets;
use survey::wavelet::file::resample;

use super::shots::{Prepared, at_a_time, shot_by_shot};
use crate::forward::starting_variables;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::waves::Transient;

impl Transient {
    /// The wavelet of an inversion at every time step: that of the scenario, or the estimate if the inversion
    /// requests one.
    ///
    /// The estimate uses the starting model of the inversion, so a resumed run has the same one.
    pub(super) fn wavelet(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
    ) -> Result<Cow<'_, SourceWavelets>, InversionError> {
        let Some(estimate) = &settings.estimate_wavelet else { return Ok(Cow::Borrowed(&self.waves.source)) };
        let m = starting_variables(problem, settings);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let at_a_time = at_a_time(shots.len());
        let prepared = Prepared::new((problem, settings), self, &self.waves.source, &m, at_a_time)?;
        let mut sums = WaveletEstimate::new(self.waves.samples);
        let one = |shot: &usize| -> Result<WaveletEstimate, InversionError> {
            let mut sums = WaveletEstimate::new(self.waves.samples);
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            let mut observed = self.observed(*shot)?;
            if let Some(weights) = self.weights(&problem.survey, &settings.mutes, *shot) {
                for traces in [&mut synthetic, &mut observed] {
                    traces.iter_mut().zip(&weights).for_each(|(d, w)| *d *= w);
                }
            }
            sums.add(&synthetic, &observed);
            Ok(sums)
        };
        shot_by_shot(&shots, one, |of| sums.merge(&of))?;
        let found = self.waves.source.map(|source| {
            let every_sample = source.iter().copied().step_by(self.waves.steps_per_sample);
            let used: Vec<f64> = every_sample.take(self.waves.samples).collect();
            let found = sums.wavelet(&used, estimate.damping);
            resample(&found, self.waves.interval(), self.waves.step, source.len())
        });
        Ok(Cow::Owned(found))
    }

    /// The wavefield of each shot in the starting model at points, `[shot][point, time]`, at every `every`-th step up to the
    /// last sample of the data.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub fn background(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        points: &[impl Copy + Into<Point>],
        every: usize,
    ) -> Result<Vec<Vec<f64>>, InversionError> {
        let (steps, recorded) = (self.resampling.steps(), self.waves.recorded_steps());
        let kept = |trace: &[f32]| -> Vec<f64> {
            trace[..recorded].iter().step_by(every).map(|v| f64::from(*v)).collect()
        };
        let at_steps = |pressure: &[f32]| pressure.chunks(steps).flat_map(kept).collect();
        let points: Vec<Point> = points.iter().map(|point| (*point).into()).collect();
        self.starting_fields(problem, settings, &points, at_steps)
    }

    /// The data of each shot in the starting model, `[shot][receiver, time]`, for receivers that all shots share.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    pub(crate) fn starting_data(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
    ) -> Result<Vec<Vec<f64>>, InversionError> {
        let receivers = problem.survey.receivers.common();
        self.starting_fields(problem, settings, receivers, |pressure| self.resampling.apply(pressure))
    }

    /// What `of_shot` makes of the pressure `[point, step]` of each shot in the starting model.
    fn starting_fields(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        points: &[Point],
        of_shot: impl Fn(&[f32]) -> Vec<f64> + Sync,
    ) -> Result<Vec<Vec<f64>>, InversionError> {
        let m = starting_variables(problem, settings);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let wavelet = self.wavelet(problem, settings)?;
        let at_a_time = at_a_time(shots.len());
        let mut prepared = Prepared::new((problem, settings), self, &wavelet, &m, at_a_time)?;
        prepared.receivers = Cow::Owned(Receivers::Shared(points.to_vec()));
        let mut fields = Vec::new();
        let one =
            |shot: &usize| -> Result<Vec<f64>, InversionError> { Ok(of_shot(&prepared.forward(*shot)?)) };
        shot_by_shot(&shots, one, |field| fields.push(field))?;
        Ok(fields)
    }
}
