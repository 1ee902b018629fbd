//! The misfit of a stage, by some of the shots or several fired together.

use std::borrow::Cow;

use fd::time::Wanted;

use super::compared::Compared;
use super::{Fired, Prepared, Transient, at_a_time, shot_by_shot, velocity};
use crate::conditioning::needs_illumination;
use crate::forward::linearised::DIFFERENCE;
use crate::forward::{Objective, ObjectiveValue};
use crate::inversion::{InversionError, Problem};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::wavelet::Emitted;

/// The misfit of a stage.
pub(super) struct StageObjective<'a> {
    problem: &'a Problem<'a>,
    waves: &'a Transient,
    settings: &'a InversionSettings,
    compared: Compared<'a>,
    wavelet: Cow<'a, Emitted>,
    illuminated: bool,
}

/// What one shot adds.
#[derive(Default)]
struct OfShot {
    misfit: f64,
    difference: f64,
    energy: f64,
    by_vp: Vec<f32>,
    by_density: Option<Vec<f32>>,
    illumination: Option<Vec<f32>>,
    scale: f64,
}

/// Derivatives of all shots by velocity, those by a density that follows from it included.
struct ByVelocity<'v> {
    vp: &'v [f64],
    /// d density / d velocity.
    slope: Option<Vec<f64>>,
    sum: Vec<f64>,
}

impl<'v> ByVelocity<'v> {
    fn new(waves: &Transient, vp: &'v [f64]) -> Self {
        let density = waves.waves.density.as_ref();
        let slope = density.map(|density| vp.iter().map(|v| density.as_dyn().at(*v)[1]).collect());
        Self { vp, slope, sum: vec![0.0; vp.len()] }
    }

    fn add(&mut self, of: &OfShot) {
        self.sum.iter_mut().zip(&of.by_vp).for_each(|(sum, g)| *sum += of.scale * f64::from(*g));
        if let (Some(slope), Some(by)) = (&self.slope, &of.by_density) {
            let both = self.sum.iter_mut().zip(slope).zip(by);
            both.for_each(|((sum, slope), g)| *sum += of.scale * slope * f64::from(*g));
        }
    }

    /// The derivative by squared slowness, times a share: v = m^(-1/2), dv/dm = -v^3/2.
    fn by_slowness(&self, share: f64) -> Vec<f64> {
        self.sum.iter().zip(self.vp).map(|(g, v)| -0.5 * share * g * v.powi(3)).collect()
    }
}

impl<'a> StageObjective<'a> {
    pub(super) fn new(
        waves: &'a Transient,
        problem: &'a Problem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        Ok(Self {
            problem,
            waves,
            settings,
            compared: Compared::new(waves, problem, settings, stage)?,
            wavelet: waves.wavelet(problem, settings)?,
            illuminated: needs_illumination(&settings.conditioning),
        })
    }

    /// The adjoint source of the propagator over its peak, which comes with it: in single precision small numbers would be
    /// lost.
    fn adjoint_source(&self, fired: &Fired, adjoint: Vec<f64>) -> (Vec<f32>, f64) {
        let adjoint = self.compared.unseen(fired, adjoint);
        let peak = adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        let scale = if peak > 0.0 && peak.is_finite() { peak } else { 1.0 };
        (self.waves.spread(&adjoint, scale), scale)
    }

    /// What an iteration fires.
    fn shots(&self, iteration: usize) -> Vec<Fired> {
        let (all, seed) = (self.problem.survey.sources.len(), self.settings.seed);
        if let Some(encoding) = &self.settings.source_encoding {
            let codes = encoding.codes(iteration, all, seed);
            let supershot = |codes: &[f64]| Fired { shots: (0..all).collect(), codes: codes.to_vec() };
            return codes.chunks(all).map(supershot).collect();
        }
        let shots = match &self.settings.batch {
            Some(batch) => batch.batch(iteration, all, seed),
            None => (0..all).collect(),
        };
        shots.into_iter().map(Fired::alone).collect()
    }

    /// By how much the sum over what is fired has to grow to stand for all shots.
    fn share(&self, fired: usize) -> f64 {
        if self.settings.source_encoding.is_some() {
            return 1.0;
        }
        self.problem.survey.sources.len() as f64 / fired as f64
    }

    fn one(&self, prepared: &Prepared, fired: &Fired, at_a_time: usize) -> Result<OfShot, InversionError> {
        let waves = self.waves;
        let observed = self.compared.observed(fired)?;
        let loaded = prepared.load(fired)?;
        let mut found = OfShot { energy: observed.iter().map(|o| o * o).sum(), ..OfShot::default() };
        let (density, illumination) = (waves.waves.density.is_some(), self.illuminated);
        let wanted = Wanted { vp: true, density, wavelet: false, illumination };
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        let answer = prepared.propagator.gradient(
            &prepared.shot(&loaded),
            &storage,
            wanted,
            |synthetic: &[f32]| {
                let synthetic = self.compared.seen(fired, waves.sampled(synthetic));
                let (misfit, adjoint) = self.compared.misfit(&synthetic, &observed);
                found.misfit = misfit;
                found.difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
                let (adjoint, scale) = self.adjoint_source(fired, adjoint);
                found.scale = scale;
                Ok::<_, InversionError>(adjoint)
            },
        )?;
        (found.by_vp, found.by_density) = (answer.vp, answer.density);
        found.illumination = answer.illumination;
        Ok(found)
    }

    /// What one shot adds to the Gauss-Newton product: the linearised data go back as the change of the adjoint source
    /// that they make, by a central difference.
    ///
    /// # Source
    /// Pratt, Shin and Hicks, Geophys. J. Int. 133 (1998), 341-362, section 4.
    fn curvature(
        &self,
        prepared: &Prepared,
        fired: &Fired,
        at_a_time: usize,
        dvp: &[f64],
        slope: Option<&[f64]>,
    ) -> Result<OfShot, InversionError> {
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let loaded = prepared.load(fired)?;
        // In single precision a direction enters with a peak of 1 m/s.
        let peak = dvp.iter().fold(0.0_f64, |a, v| a.max(v.abs())).max(f64::MIN_POSITIVE);
        let unit: Vec<f32> = dvp.iter().map(|v| (v / peak) as f32).collect();
        let by_density: Option<Vec<f32>> =
            slope.map(|slope| slope.iter().zip(dvp).map(|(s, v)| (s * v / peak) as f32).collect());
        let linear = prepared.propagator.born(&prepared.shot(&loaded), &unit, by_density.as_deref())?;
        let linear: Vec<f64> =
            self.compared.seen(fired, self.waves.sampled(&linear)).into_iter().map(|v| v * peak).collect();
        let observed = self.compared.observed(fired)?;
        let mut found = OfShot::default();
        if norm(&linear) == 0.0 {
            return Ok(found);
        }
        let wanted = Wanted { vp: true, density: slope.is_some(), wavelet: false, illumination: false };
        let storage = self.settings.storage.as_dyn().storage(at_a_time);
        let answer = prepared.propagator.gradient(
            &prepared.shot(&loaded),
            &storage,
            wanted,
            |synthetic: &[f32]| {
                let synthetic = self.compared.seen(fired, self.waves.sampled(synthetic));
                let step = DIFFERENCE * norm(&observed) / norm(&linear);
                let adjoint = |step: f64| {
                    let moved: Vec<f64> = synthetic.iter().zip(&linear).map(|(s, d)| s + step * d).collect();
                    self.compared.misfit(&moved, &observed).1
                };
                let change =
                    adjoint(step).iter().zip(adjoint(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
                let (adjoint, scale) = self.adjoint_source(fired, change);
                found.scale = scale;
                Ok::<_, InversionError>(adjoint)
            },
        )?;
        (found.by_vp, found.by_density) = (answer.vp, answer.density);
        Ok(found)
    }
}

impl Objective for StageObjective<'_> {
    fn evaluate(&self, m: &[f64], iteration: usize) -> Result<ObjectiveValue, InversionError> {
        let shots = self.shots(iteration);
        let at_a_time = at_a_time(shots.len());
        let vp = velocity(m);
        let prepared = Prepared::new(self.problem, self.waves, &self.wavelet, &vp, at_a_time)?;
        let mut gradient = ByVelocity::new(self.waves, &vp);
        let (mut misfit, mut difference, mut energy) = (0.0, 0.0, 0.0);
        let mut illumination = self.illuminated.then(|| vec![0.0; vp.len()]);
        shot_by_shot(
            &shots,
            |fired| self.one(&prepared, fired, at_a_time),
            |of| {
                misfit += of.misfit;
                difference += of.difference;
                energy += of.energy;
                if let (Some(sums), Some(of)) = (&mut illumination, &of.illumination) {
                    sums.iter_mut().zip(of).for_each(|(sum, e)| *sum += f64::from(*e));
                }
                gradient.add(&of);
            },
        )?;
        // Some of the shots stand for all of them.
        let share = self.share(shots.len());
        Ok(ObjectiveValue {
            misfit: share * misfit,
            relative: (difference / energy).sqrt(),
            gradient: gradient.by_slowness(share),
            illumination,
            solves: 2 * shots.len(),
        })
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
        let at_a_time = at_a_time(shots.len());
        let vp = velocity(m);
        let prepared = Prepared::new(self.problem, self.waves, &self.wavelet, &vp, at_a_time)?;
        let mut product = ByVelocity::new(self.waves, &vp);
        let slope = product.slope.clone();
        let dvp: Vec<f64> = dm.iter().zip(&vp).map(|(dm, v)| -0.5 * dm * v.powi(3)).collect();
        let one = |fired: &Fired| self.curvature(&prepared, fired, at_a_time, &dvp, slope.as_deref());
        shot_by_shot(&shots, one, |of| product.add(&of))?;
        let product = product.by_slowness(self.share(shots.len()));
        Ok((product, 4 * shots.len()))
    }
}
