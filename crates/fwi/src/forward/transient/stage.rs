//! The misfit of a stage, for some of the shots or several fired together.

use std::borrow::Cow;

use super::data_operator::DataOperator;
use super::propagation::Sensitivity;
use super::shots::{Prepared, Supershot, at_a_time, named};
use crate::conditioning::needs_illumination;
use crate::dealt;
use crate::forward::linearised::DIFFERENCE;
use crate::forward::{DataMisfit, DataMisfitValue};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::waves::Transient;
use survey::wavelet::SourceWavelets;

/// The misfit of a stage.
pub(super) struct StageMisfit<'a> {
    problem: &'a InverseProblem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    pub(super) data: DataOperator<'a>,
    pub(super) wavelet: Cow<'a, SourceWavelets>,
    illuminated: bool,
}

/// Misfit and gradient of one shot, or of several that fire together.
#[derive(Default)]
struct ShotContribution {
    misfit: f64,
    /// Sum of the squares of the data residual.
    difference: f64,
    /// Sum of the squares of the observed data.
    energy: f64,
    /// The derivative, over `scale`.
    sensitivity: Sensitivity,
    scale: f64,
}

impl ShotContribution {
    /// The derivative by the variables.
    fn gradient(&self) -> impl Iterator<Item = f64> {
        self.sensitivity.by_m.iter().map(|g| self.scale * g)
    }

    /// All numbers, to be added to those of other shots: three sums, then the derivative, then the energy of the wavefields.
    fn numbers(&self) -> Vec<f64> {
        let sums = [self.misfit, self.difference, self.energy];
        let illumination = self.sensitivity.illumination.iter().flatten().map(|e| f64::from(*e));
        sums.into_iter().chain(self.gradient()).chain(illumination).collect()
    }
}

impl<'a> StageMisfit<'a> {
    pub(super) fn new(
        waves: &'a Transient,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        Ok(Self {
            problem,
            waves,
            settings,
            data: DataOperator::new(waves, problem, settings, stage)?,
            wavelet: waves.wavelet(problem, settings)?,
            illuminated: needs_illumination(&settings.conditioning),
        })
    }

    /// What an iteration fires.
    fn shots(&self, iteration: usize) -> Vec<Supershot> {
        let (all, seed) = (self.problem.survey.sources.len(), self.settings.seed);
        if let Some(encoding) = &self.settings.source_encoding {
            let codes = encoding.codes(iteration, all, seed);
            let supershot = |codes: &[f64]| Supershot { shots: (0..all).collect(), codes: codes.to_vec() };
            return codes.chunks(all).map(supershot).collect();
        }
        let shots = match &self.settings.batch {
            Some(batch) => batch.batch(iteration, all, seed),
            None => (0..all).collect(),
        };
        shots.into_iter().map(Supershot::single).collect()
    }

    /// The factor by which the sum over the fired shots represents all shots.
    fn share(&self, computed: usize) -> f64 {
        if self.settings.source_encoding.is_some() {
            return 1.0;
        }
        self.problem.survey.sources.len() as f64 / computed as f64
    }

    fn one(
        &self,
        prepared: &Prepared,
        supershot: &Supershot,
        at_a_time: usize,
    ) -> Result<ShotContribution, InversionError> {
        let observed = self.data.observed(supershot);
        let input = prepared.shot(supershot)?;
        let mut found =
            ShotContribution { energy: observed.iter().map(|o| o * o).sum(), ..ShotContribution::default() };
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        let sensitivity =
            prepared.waves.gradient(&input, &storage, self.illuminated, &mut |synthetic: &[f32]| {
                let synthetic = self.data.apply(supershot, synthetic);
                let (misfit, adjoint) = self.data.misfit(&synthetic, &observed);
                found.misfit = misfit;
                found.difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
                let (adjoint, scale) = self.data.adjoint_source(supershot, adjoint);
                found.scale = scale;
                Ok(adjoint)
            })?;
        found.sensitivity = sensitivity;
        Ok(found)
    }

    /// The contribution of one shot to the Gauss-Newton product. The linearised data are propagated back as the
    /// change of the adjoint source that they cause, computed by a central difference.
    ///
    /// # Source
    /// Pratt, Shin and Hicks, Geophys. J. Int. 133 (1998), 341-362, section 4.
    fn curvature(
        &self,
        prepared: &Prepared,
        supershot: &Supershot,
        at_a_time: usize,
        dm: &[f64],
    ) -> Result<Vec<f64>, InversionError> {
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let input = prepared.shot(supershot)?;
        let (linear, peak) = prepared.waves.born(&input, dm)?;
        let linear: Vec<f64> = self.data.apply(supershot, &linear).into_iter().map(|v| v * peak).collect();
        let observed = self.data.observed(supershot);
        let mut found = ShotContribution::default();
        if norm(&linear) == 0.0 {
            return Ok(vec![0.0; dm.len()]);
        }
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        let sensitivity = prepared.waves.gradient(&input, &storage, false, &mut |synthetic: &[f32]| {
            let synthetic = self.data.apply(supershot, synthetic);
            let step = DIFFERENCE * norm(&observed) / norm(&linear);
            let adjoint = |step: f64| {
                let moved: Vec<f64> = synthetic.iter().zip(&linear).map(|(s, d)| s + step * d).collect();
                self.data.misfit(&moved, &observed).1
            };
            let change =
                adjoint(step).iter().zip(adjoint(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
            let (adjoint, scale) = self.data.adjoint_source(supershot, change);
            found.scale = scale;
            Ok(adjoint)
        })?;
        found.sensitivity = sensitivity;
        Ok(found.gradient().collect())
    }
}

impl StageMisfit<'_> {
    /// The medium, the number of shots at a time that storage is planned for, and the number that the device takes. No rank goes on if
    /// another one has no room.
    fn prepared(
        &self,
        m: &[f64],
        shots: usize,
        illuminated: bool,
    ) -> Result<(Prepared<'_>, usize, usize), InversionError> {
        let at_a_time = at_a_time(dealt::range(shots).len());
        let of = (self.problem, self.settings);
        let own = Prepared::new(of, self.waves, &self.wavelet, m, at_a_time).and_then(|prepared| {
            let storage = self.settings.storage.as_dyn().storage(at_a_time);
            let rounds = prepared.at_a_time(at_a_time, (&storage, illuminated))?;
            Ok((prepared, at_a_time, rounds))
        });
        dealt::agreed(own)
    }

    fn solve(&self, m: &[f64], shots: &[Supershot]) -> Result<DataMisfitValue, InversionError> {
        let (prepared, at_a_time, rounds) = self.prepared(m, shots.len(), self.illuminated)?;
        let one = |supershot: &Supershot| Ok(self.one(&prepared, supershot, at_a_time)?.numbers());
        let mut gradient = dealt::sum(named(shots), shots, rounds, one)?;
        let illumination = self.illuminated.then(|| gradient.split_off(3 + m.len()));
        let sums: Vec<f64> = gradient.drain(..3).collect();
        // Some of the shots represent all of them.
        let share = self.share(shots.len());
        gradient.iter_mut().for_each(|g| *g *= share);
        Ok(DataMisfitValue {
            misfit: share * sums[0],
            relative: (sums[1] / sums[2]).sqrt(),
            gradient,
            illumination,
            solves: 2 * shots.len(),
        })
    }
}

impl DataMisfit for StageMisfit<'_> {
    fn evaluate(&self, m: &[f64], iteration: usize) -> Result<DataMisfitValue, InversionError> {
        DataMisfitValue::or_diverged(self.solve(m, &self.shots(iteration)), m.len())
    }

    fn evaluate_all(&self, m: &[f64]) -> Result<DataMisfitValue, InversionError> {
        let shots = match self.settings.source_encoding {
            Some(_) => self.shots(0),
            None => (0..self.problem.survey.sources.len()).map(Supershot::single).collect(),
        };
        DataMisfitValue::or_diverged(self.solve(m, &shots), m.len())
    }

    fn changes(&self, iteration: usize) -> bool {
        let redraws = self.settings.source_encoding.as_ref().is_some_and(|e| e.redraws(iteration));
        redraws || self.settings.batch.is_some()
    }

    fn gauss_newton(
        &self,
        m: &[f64],
        iteration: usize,
        dm: &[f64],
    ) -> Result<(Vec<f64>, usize), InversionError> {
        let shots = self.shots(iteration);
        let (prepared, at_a_time, rounds) = self.prepared(m, shots.len(), false)?;
        let one = |supershot: &Supershot| self.curvature(&prepared, supershot, at_a_time, dm);
        let mut product = dealt::sum(named(&shots), &shots, rounds, one)?;
        let share = self.share(shots.len());
        product.iter_mut().for_each(|p| *p *= share);
        Ok((product, 4 * shots.len()))
    }
}
