//! What follows from the starting model alone: the estimate of the wavelet, and the wavefields and data of every shot.

use std::borrow::Cow;

use fd::Point;
use survey::gathers::RecordedField;
use survey::survey::Receivers;
use survey::traces::WaveletEstimate;
use survey::wavelet::SourceWavelets;
use survey::wavelet::file::resample;

use super::shots::{Prepared, at_a_time};
use crate::forward::starting_variables;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::waves::Transient;

/// Synthetic and observed traces of a shot `[trace, time]`, multiplied by the same weights.
pub(super) struct Muted {
    pub(super) shot: usize,
    pub(super) synthetic: Vec<f64>,
    pub(super) observed: Vec<f64>,
}

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
        let mut sums = WaveletEstimate::new(self.waves.samples);
        let one = |muted: Muted| {
            let mut sums = WaveletEstimate::new(self.waves.samples);
            sums.add(&muted.synthetic, &muted.observed);
            sums
        };
        self.muted_shots(problem, settings, one, |of| sums.merge(&of))?;
        let steps = self.waves.source.count();
        let found = self.sampled_source().map(|used| {
            let found = sums.wavelet(used, estimate.damping);
            resample(&found, self.waves.interval(), self.waves.step, steps)
        });
        Ok(Cow::Owned(found))
    }

    /// The wavelets of the scenario at the samples of the data.
    pub(super) fn sampled_source(&self) -> SourceWavelets {
        self.waves.source.map(|source| {
            let every_sample = source.iter().copied().step_by(self.waves.steps_per_sample);
            every_sample.take(self.waves.samples).collect()
        })
    }

    /// Gives what `of_shot` makes of the traces of each shot in the starting model to `add`, in the order of the shots. The sources
    /// emit the wavelets of the scenario.
    pub(super) fn muted_shots<T: Send>(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        of_shot: impl Fn(Muted) -> T + Sync,
        add: impl FnMut(T),
    ) -> Result<(), InversionError> {
        let m = starting_variables(problem, settings);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let at_a_time = at_a_time(shots.len());
        let prepared = Prepared::new((problem, settings), self, &self.waves.source, &m, at_a_time)?;
        let one = |shot: &usize| -> Result<T, InversionError> {
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            let mut observed = self.observed(*shot)?;
            if let Some(weights) = self.weights(&problem.survey, &settings.mutes, *shot) {
                for traces in [&mut synthetic, &mut observed] {
                    traces.iter_mut().zip(&weights).for_each(|(d, w)| *d *= w);
                }
            }
            Ok(of_shot(Muted { shot: *shot, synthetic, observed }))
        };
        prepared.each(&shots, one, add)
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
        self.starting_fields(self, (problem, settings), &points, at_steps)
    }

    /// Unknowns of the system of each shot in the starting model at points, `[shot][unknown, point, time]`, at every
    /// `every`-th step up to the last sample of the data. `wanted` says of each unknown of the system whether it is one of
    /// them.
    ///
    /// # Errors
    /// [`InversionError::Fd`].
    ///
    /// # Panics
    /// For acoustic waves, which have no system.
    pub(crate) fn background_of_unknowns(
        &self,
        (problem, settings): (&InverseProblem, &InversionSettings),
        wanted: &[bool],
        points: &[[f64; 2]],
        every: usize,
    ) -> Result<Vec<Vec<f32>>, InversionError> {
        let (steps, recorded) = (self.resampling.steps(), self.waves.recorded_steps());
        let mut recording = self.clone();
        let system = recording.waves.system.as_mut().expect("the waves are those of a system");
        let unknowns = system.system.unknowns.iter().zip(wanted).filter(|(_, wanted)| **wanted);
        system.fields = unknowns
            .map(|(unknown, _)| RecordedField { name: unknown.name.clone(), unit: unknown.unit.clone() })
            .collect();
        let kept = |trace: &[f32]| -> Vec<f32> { trace[..recorded].iter().step_by(every).copied().collect() };
        let at_steps = |traces: &[f32]| traces.chunks(steps).flat_map(kept).collect();
        let points: Vec<Point> = points.iter().map(|point| (*point).into()).collect();
        self.starting_fields(&recording, (problem, settings), &points, at_steps)
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
        self.starting_fields(self, (problem, settings), receivers, |traces| self.resampling.apply(traces))
    }

    /// What `of_shot` makes of the traces `[field, point, step]` of each shot in the starting model; `recording` are the same
    /// waves with the fields that the points record.
    fn starting_fields<T: Send>(
        &self,
        recording: &Transient,
        (problem, settings): (&InverseProblem, &InversionSettings),
        points: &[Point],
        of_shot: impl Fn(&[f32]) -> Vec<T> + Sync,
    ) -> Result<Vec<Vec<T>>, InversionError> {
        let m = starting_variables(problem, settings);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let wavelet = self.wavelet(problem, settings)?;
        let at_a_time = at_a_time(shots.len());
        let mut prepared = Prepared::new((problem, settings), recording, &wavelet, &m, at_a_time)?;
        prepared.receivers = Cow::Owned(Receivers::Shared(points.to_vec()));
        let mut fields = Vec::new();
        let one = |shot: &usize| -> Result<Vec<T>, InversionError> { Ok(of_shot(&prepared.forward(*shot)?)) };
        prepared.each(&shots, one, |field| fields.push(field))?;
        Ok(fields)
    }
}
