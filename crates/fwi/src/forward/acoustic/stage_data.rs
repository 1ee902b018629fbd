//! The traces of a stage as its misfit compares them: band-filtered, muted, without dead traces.

use super::{Supershot, Transient};
use crate::inversion::{InverseProblem, InversionError};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::TimeMisfit;
use crate::shots::encoding::encode;
use survey::traces::{BandFilter, Gather, Reference};

/// The misfit of a stage as a function of synthetic traces at the sampling interval of the data.
pub(crate) struct StageData<'a> {
    problem: &'a InverseProblem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    misfit: &'a dyn TimeMisfit,
    band: Option<BandFilter>,
    reference: Reference,
}

impl<'a> StageData<'a> {
    /// Reads all observed traces once to compute the normalisation of the misfit.
    ///
    /// # Errors
    /// [`InversionError::Data`].
    pub(crate) fn new(
        waves: &'a Transient,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let misfit = settings.misfit.in_time();
        let (band, reference) = (stage.band.clone(), Reference::default());
        let mut data = Self { problem, waves, settings, misfit, band, reference };
        for shot in 0..problem.survey.sources.len() {
            let observed = data.observed(&Supershot::single(shot))?;
            data.reference = data.reference.and(Reference::of(&observed, waves.waves.samples));
        }
        Ok(data)
    }

    fn filtered(&self, traces: Vec<f64>) -> Vec<f64> {
        match &self.band {
            Some(band) => band.apply(&traces, self.waves.waves.samples, self.waves.waves.interval()),
            None => traces,
        }
    }

    /// Multiplies by the weights of a shot. Shots that are recorded together cannot be muted by offset; the plan
    /// rejects this.
    fn weigh(&self, supershot: &Supershot, traces: &mut [f64]) {
        if let Some(weights) = self.waves.weights(self.problem, &self.settings.mutes, supershot.shots[0]) {
            traces.iter_mut().zip(weights).for_each(|(d, w)| *d *= w);
        }
    }

    /// Synthetic traces `[receiver, time]` at the sampling interval of the data, as the misfit compares them.
    pub(crate) fn process(&self, supershot: &Supershot, synthetic: Vec<f64>) -> Vec<f64> {
        let mut traces = self.filtered(synthetic);
        self.weigh(supershot, &mut traces);
        traces
    }

    /// The transpose of [`StageData::process`].
    pub(crate) fn process_transposed(&self, supershot: &Supershot, mut adjoint: Vec<f64>) -> Vec<f64> {
        self.weigh(supershot, &mut adjoint);
        self.filtered(adjoint)
    }

    /// Observed traces as the misfit compares them.
    ///
    /// # Errors
    /// [`InversionError::Data`].
    pub(crate) fn observed(&self, supershot: &Supershot) -> Result<Vec<f64>, InversionError> {
        let gathers: Vec<Vec<f64>> =
            supershot.shots.iter().map(|&shot| self.waves.observed(shot)).collect::<Result<_, _>>()?;
        Ok(self.process(supershot, encode(gathers.iter().map(Vec::as_slice), &supershot.codes)))
    }

    /// Misfit and adjoint source of traces returned by [`StageData::process`] and [`StageData::observed`].
    pub(crate) fn misfit(&self, synthetic: &[f64], observed: &[f64]) -> (f64, Vec<f64>) {
        let (samples, dt) = (self.waves.waves.samples, self.waves.waves.interval());
        self.misfit.evaluate(&Gather { synthetic, observed, samples, dt, reference: self.reference })
    }
}
