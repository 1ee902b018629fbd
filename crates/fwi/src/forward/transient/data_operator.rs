//! What turns the pressure at the receivers into the traces that a misfit compares.

use rayon::prelude::*;

use super::shots::Supershot;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::TimeMisfit;
use crate::waves::Transient;
use survey::processing::ShotProcessing;
use survey::traces::{BandFilter, Gather, Reference};

/// The data operator P of a stage: sampling at the interval of the data, the steps of the processing, the filter to a band, and the
/// weights of mutes and dead traces, one linear map with its exact transpose. With it the observed data, which have been through the
/// same steps, filter and weights once, and their misfit.
pub(crate) struct DataOperator<'a> {
    problem: &'a InverseProblem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    misfit: &'a dyn TimeMisfit,
    band: Option<BandFilter>,
    /// The steps of every shot.
    processing: Vec<ShotProcessing>,
    reference: Reference,
    /// Observed traces of every shot, `[receiver, time]`, filtered and weighed; in the precision of the file.
    observed: Vec<Vec<f32>>,
}

impl<'a> DataOperator<'a> {
    /// Reads all observed traces, filters and weighs them.
    ///
    /// # Errors
    /// [`InversionError::Data`]; [`InversionError::NoData`] if no sample is left.
    pub(crate) fn new(
        waves: &'a Transient,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let misfit = settings.misfit.in_time();
        let (band, reference) = (stage.band.clone(), Reference::default());
        let (processing, observed) = (Vec::new(), Vec::new());
        let mut operator = Self { problem, waves, settings, misfit, band, processing, reference, observed };
        let read = |shot: usize| -> Result<(bool, Vec<f32>, Reference, ShotProcessing), InversionError> {
            let mut recorded = waves.observed(shot)?;
            let some = recorded.iter().any(|sample| *sample != 0.0);
            let of = waves.traces_of(&problem.survey, shot);
            let processing = ShotProcessing::of(&waves.waves.processing, &of, &mut recorded);
            let traces = operator.in_stage(&Supershot::single(shot), recorded);
            let reference = Reference::of(&traces, waves.waves.samples);
            Ok((some, traces.into_iter().map(|v| v as f32).collect(), reference, processing))
        };
        let shots = 0..problem.survey.sources.len();
        let read: Vec<_> = shots.into_par_iter().map(read).collect::<Result<_, _>>()?;
        let recorded = read.iter().any(|(some, ..)| *some);
        for (_, traces, reference, processing) in read {
            operator.observed.push(traces);
            operator.processing.push(processing);
            operator.reference = operator.reference.and(reference);
        }
        if !waves.live.iter().any(|live| *live) {
            return Err(InversionError::NoData { cause: "all traces are dead or left out" });
        }
        if recorded && operator.observed.iter().flatten().all(|sample| *sample == 0.0) {
            return Err(InversionError::NoData {
                cause: match (settings.mutes.is_empty(), waves.waves.processing.is_empty()) {
                    (true, true) => "the observed traces have nothing in the band of the stage",
                    (false, true) => "the mutes leave no sample of the observed traces",
                    _ => "the processing and the mutes leave no sample of the observed traces",
                },
            });
        }
        Ok(operator)
    }

    fn filtered(&self, traces: Vec<f64>) -> Vec<f64> {
        match &self.band {
            Some(band) => band.apply(&traces, self.waves.waves.samples, self.waves.waves.interval()),
            None => traces,
        }
    }

    /// Multiplies by the weights of a shot. What several shots record together cannot be muted by the offset of each: the
    /// plan refuses it.
    fn weigh(&self, supershot: &Supershot, traces: &mut [f64]) {
        if let Some(weights) =
            self.waves.weights(&self.problem.survey, &self.settings.mutes, supershot.shots[0])
        {
            traces.iter_mut().zip(weights).for_each(|(d, w)| *d *= w);
        }
    }

    /// The data of the pressure `[receiver, step]` at every step of a propagation.
    pub(crate) fn apply(&self, supershot: &Supershot, pressure: &[f32]) -> Vec<f64> {
        self.process(supershot, self.waves.resampling.apply(pressure))
    }

    /// The transpose of [`DataOperator::apply`].
    pub(crate) fn transpose(&self, supershot: &Supershot, adjoint: Vec<f64>) -> Vec<f64> {
        self.waves.resampling.transpose(&self.process_transposed(supershot, adjoint))
    }

    /// The adjoint source of the propagator divided by its peak, and the peak: in single precision small numbers would be
    /// lost.
    pub(super) fn adjoint_source(&self, supershot: &Supershot, adjoint: Vec<f64>) -> (Vec<f32>, f64) {
        let adjoint = self.transpose(supershot, adjoint);
        let peak = adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        let scale = if peak > 0.0 && peak.is_finite() { peak } else { 1.0 };
        (adjoint.iter().map(|g| (g / scale) as f32).collect(), scale)
    }

    /// The part of [`DataOperator::apply`] after the sampling: processing, filter and weights, of traces `[receiver, time]` at the
    /// interval of the data. The steps of shots that fire together are the same for all shots: the plan has checked it.
    pub(crate) fn process(&self, supershot: &Supershot, mut traces: Vec<f64>) -> Vec<f64> {
        self.processing[supershot.shots[0]].apply(&mut traces);
        self.in_stage(supershot, traces)
    }

    /// The filter and the weights of the stage.
    fn in_stage(&self, supershot: &Supershot, traces: Vec<f64>) -> Vec<f64> {
        let mut traces = self.filtered(traces);
        self.weigh(supershot, &mut traces);
        traces
    }

    /// The transpose of [`DataOperator::process`].
    pub(crate) fn process_transposed(&self, supershot: &Supershot, mut adjoint: Vec<f64>) -> Vec<f64> {
        self.weigh(supershot, &mut adjoint);
        let mut adjoint = self.filtered(adjoint);
        self.processing[supershot.shots[0]].transpose(&mut adjoint);
        adjoint
    }

    /// Observed traces, filtered and weighed.
    pub(crate) fn observed(&self, supershot: &Supershot) -> Vec<f64> {
        let mut sum = vec![0.0; self.observed[supershot.shots[0]].len()];
        for (&shot, code) in supershot.shots.iter().zip(&supershot.codes) {
            sum.iter_mut().zip(&self.observed[shot]).for_each(|(s, d)| *s += code * f64::from(*d));
        }
        sum
    }

    /// Misfit and its derivative by the synthetic data, of data as [`DataOperator::apply`] and [`DataOperator::observed`]
    /// give them.
    pub(crate) fn misfit(&self, synthetic: &[f64], observed: &[f64]) -> (f64, Vec<f64>) {
        let (samples, dt) = (self.waves.waves.samples, self.waves.waves.interval());
        self.misfit.evaluate(&Gather { synthetic, observed, samples, dt, reference: self.reference })
    }
}
