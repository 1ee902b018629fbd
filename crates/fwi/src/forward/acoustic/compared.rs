//! The traces of a stage as its misfit compares them: filtered to a band, muted, without dead ones.

use super::{Fired, Transient};
use crate::inversion::{InversionError, Problem};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::TimeMisfit;
use crate::shots::encoding::encode;
use crate::traces::{BandFilter, Gather, Reference};

/// The misfit of a stage as a function of synthetic traces at the interval of the data.
pub(crate) struct Compared<'a> {
    problem: &'a Problem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    misfit: &'a dyn TimeMisfit,
    band: Option<BandFilter>,
    reference: Reference,
}

impl<'a> Compared<'a> {
    /// Reads all observed traces once, for what the misfit is relative to.
    ///
    /// # Errors
    /// [`InversionError::Data`].
    pub(crate) fn new(
        waves: &'a Transient,
        problem: &'a Problem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let misfit = settings.misfit.in_time();
        let (band, reference) = (stage.band.clone(), Reference::default());
        let mut compared = Self { problem, waves, settings, misfit, band, reference };
        for shot in 0..problem.survey.sources.len() {
            let observed = compared.observed(&Fired::alone(shot))?;
            compared.reference = compared.reference.and(Reference::of(&observed, waves.waves.samples));
        }
        Ok(compared)
    }

    fn filtered(&self, traces: Vec<f64>) -> Vec<f64> {
        match &self.band {
            Some(band) => band.apply(&traces, self.waves.waves.samples, self.waves.waves.interval()),
            None => traces,
        }
    }

    /// Multiplies by the weights of a shot. What several shots record together cannot be muted by the offset of each: the
    /// plan refuses it.
    fn weigh(&self, fired: &Fired, traces: &mut [f64]) {
        if let Some(weights) = self.waves.weights(self.problem, &self.settings.mutes, fired.shots[0]) {
            traces.iter_mut().zip(weights).for_each(|(d, w)| *d *= w);
        }
    }

    /// Synthetic traces `[receiver, time]` at the interval of the data, as the misfit sees them.
    pub(crate) fn seen(&self, fired: &Fired, synthetic: Vec<f64>) -> Vec<f64> {
        let mut traces = self.filtered(synthetic);
        self.weigh(fired, &mut traces);
        traces
    }

    /// The transpose of [`Compared::seen`].
    pub(crate) fn unseen(&self, fired: &Fired, mut adjoint: Vec<f64>) -> Vec<f64> {
        self.weigh(fired, &mut adjoint);
        self.filtered(adjoint)
    }

    /// Observed traces as the misfit sees them.
    ///
    /// # Errors
    /// [`InversionError::Data`].
    pub(crate) fn observed(&self, fired: &Fired) -> Result<Vec<f64>, InversionError> {
        let gathers: Vec<Vec<f64>> =
            fired.shots.iter().map(|&shot| self.waves.observed(shot)).collect::<Result<_, _>>()?;
        Ok(self.seen(fired, encode(gathers.iter().map(Vec::as_slice), &fired.codes)))
    }

    /// Misfit and adjoint source of traces as [`Compared::seen`] and [`Compared::observed`] give them.
    pub(crate) fn misfit(&self, synthetic: &[f64], observed: &[f64]) -> (f64, Vec<f64>) {
        let (samples, dt) = (self.waves.waves.samples, self.waves.waves.interval());
        self.misfit.evaluate(&Gather { synthetic, observed, samples, dt, reference: self.reference })
    }
}
