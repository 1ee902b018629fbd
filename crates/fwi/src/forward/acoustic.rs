//! The acoustic wave equation in time: gathers and the gradient of their misfit, shot by shot.

use fd::time::{Medium, Mesh, Points, Propagator, Shot, Wanted};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;

use super::linearised::DIFFERENCE;
use super::{Equation, Objective, ObjectiveValue};
use crate::conditioning::needs_illumination;
use crate::data_error::DataError;
use crate::gathers::{GatherFile, ShotGather};
use crate::inversion::{InversionError, Problem, Wavefields};
use crate::misfit::TimeMisfit;
use crate::plan::{AcousticPlan, InversionPlan, Stage};
use crate::storage::StorageChoice;
use crate::traces::{BandFilter, Gather, Reference};

/// Waves in time: numerics and data.
///
/// Shots are computed side by side, one a thread, and added up in their order: the numbers do not depend on the number of
/// threads.
#[derive(Debug, Clone)]
pub struct Transient {
    /// The equation and the source.
    pub waves: AcousticPlan,
    /// Order of accuracy in space.
    pub order: usize,
    /// Observed data, in their file.
    pub observed: GatherFile,
    /// Which traces count, `[shot, receiver]`.
    pub live: Vec<bool>,
}

impl Transient {
    /// The equation with data in a file, of which bad traces do not count.
    ///
    /// # Errors
    /// [`DataError::Hdf5`].
    pub fn new(waves: AcousticPlan, order: usize, observed: GatherFile) -> Result<Self, DataError> {
        let [shots, receivers, _] = observed.header.shape();
        let mut live = vec![true; shots * receivers];
        if waves.mask_dead_traces {
            for bad in observed.bad_traces()? {
                live[bad.shot * receivers + bad.receiver] = false;
            }
        }
        Ok(Self { waves, order, observed, live })
    }

    /// Observed traces of a shot `[receiver, time]`, those that do not count as zeros.
    fn observed(&self, shot: usize) -> Result<Vec<f64>, DataError> {
        let mut traces: Vec<f64> = self.observed.read(shot)?.into_iter().map(f64::from).collect();
        self.mask(shot, &mut traces);
        Ok(traces)
    }

    fn mask(&self, shot: usize, traces: &mut [f64]) {
        let receivers = self.observed.header.survey.receivers.len();
        let live = &self.live[shot * receivers..(shot + 1) * receivers];
        for (trace, _) in traces.chunks_mut(self.waves.samples).zip(live).filter(|(_, live)| !**live) {
            trace.fill(0.0);
        }
    }

    /// Synthetic samples at the interval of the data, from those at every step.
    fn sampled(&self, synthetic: &[f32]) -> Vec<f64> {
        let steps = self.waves.steps(1);
        let every = self.waves.steps_per_sample;
        synthetic.chunks(steps).flat_map(|trace| trace.iter().step_by(every).map(|v| f64::from(*v))).collect()
    }

    /// The transpose of [`Transient::sampled`], over a scale.
    fn spread(&self, adjoint: &[f64], scale: f64) -> Vec<f32> {
        let (steps, every) = (self.waves.steps(1), self.waves.steps_per_sample);
        let mut traces = vec![0.0; adjoint.len() / self.waves.samples * steps];
        for (from, to) in adjoint.chunks(self.waves.samples).zip(traces.chunks_mut(steps)) {
            from.iter().zip(to.iter_mut().step_by(every)).for_each(|(g, t)| *t = (g / scale) as f32);
        }
        traces
    }
}

/// What all shots of a model share.
struct Prepared {
    propagator: Propagator<f32>,
    sources: Vec<Points>,
    receivers: Points,
    wavelet: Vec<f32>,
    steps: usize,
}

impl Prepared {
    /// `shots` of them are computed at a time.
    fn new(problem: &Problem, waves: &Transient, vp: &[f64], shots: usize) -> Result<Self, InversionError> {
        let mesh = Mesh::from(&problem.grid);
        let threads = (rayon::current_num_threads() / shots.max(1)).max(1);
        let settings = waves.waves.settings(waves.order, 1, threads);
        let density = waves.waves.density_of(vp);
        let medium = Medium { vp, density: density.as_deref() };
        let sources =
            problem.survey.sources.iter().map(|s| Points::new(&mesh, &[*s])).collect::<Result<_, _>>()?;
        Ok(Self {
            propagator: Propagator::new(&mesh, &settings, &medium)?,
            sources,
            receivers: Points::new(&mesh, &problem.survey.receivers)?,
            wavelet: waves.waves.source.iter().map(|v| *v as f32).collect(),
            steps: waves.waves.steps(1),
        })
    }

    fn shot(&self, shot: usize) -> Shot<'_, f32> {
        Shot {
            sources: &self.sources[shot],
            wavelets: &self.wavelet,
            receivers: &self.receivers,
            steps: self.steps,
        }
    }
}

fn velocity(m: &[f64]) -> Vec<f64> {
    m.iter().map(|m| m.sqrt().recip()).collect()
}

/// Applies `one` to shots, as many at a time as there are threads, and `add` to the answers in the order of the shots.
fn shot_by_shot<T: Send>(
    shots: &[usize],
    one: impl Fn(usize) -> Result<T, InversionError> + Sync,
    mut add: impl FnMut(T),
) -> Result<(), InversionError> {
    for some in shots.chunks(at_a_time(shots.len())) {
        let answers: Vec<Result<T, InversionError>> = some.par_iter().map(|shot| one(*shot)).collect();
        for answer in answers {
            add(answer?);
        }
    }
    Ok(())
}

/// How many of so many shots are computed at a time.
fn at_a_time(shots: usize) -> usize {
    rayon::current_num_threads().min(shots).max(1)
}

/// The misfit of a stage.
struct StageObjective<'a> {
    problem: &'a Problem<'a>,
    waves: &'a Transient,
    misfit: &'a dyn TimeMisfit,
    band: Option<BandFilter>,
    reference: Reference,
    storage: &'a StorageChoice,
    batch: Option<usize>,
    seed: u64,
    illuminated: bool,
}

/// What one shot adds.
struct OfShot {
    misfit: f64,
    difference: f64,
    energy: f64,
    by_vp: Vec<f32>,
    by_density: Option<Vec<f32>>,
    illumination: Option<Vec<f32>>,
    scale: f64,
}

impl StageObjective<'_> {
    /// Traces as the misfit sees them: what is left out is zero, the rest filtered. Its own transpose but for the order.
    fn filtered(&self, traces: Vec<f64>) -> Vec<f64> {
        let (samples, interval) = (self.waves.waves.samples, self.waves.waves.interval());
        match &self.band {
            Some(band) => band.apply(&traces, samples, interval),
            None => traces,
        }
    }

    /// The shots of an iteration.
    fn shots(&self, iteration: usize) -> Vec<usize> {
        let all = self.problem.survey.sources.len();
        let Some(batch) = self.batch else { return (0..all).collect() };
        let mut rng =
            StdRng::seed_from_u64(self.seed ^ (iteration as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut shots = rand::seq::index::sample(&mut rng, all, batch).into_vec();
        shots.sort_unstable();
        shots
    }

    fn one(&self, prepared: &Prepared, shot: usize, at_a_time: usize) -> Result<OfShot, InversionError> {
        let waves = self.waves;
        let observed = self.filtered(waves.observed(shot)?);
        let mut found = OfShot {
            misfit: 0.0,
            difference: 0.0,
            energy: observed.iter().map(|o| o * o).sum(),
            by_vp: Vec::new(),
            by_density: None,
            illumination: None,
            scale: 1.0,
        };
        let (density, illumination) = (waves.waves.density.is_some(), self.illuminated);
        let wanted = Wanted { vp: true, density, wavelet: false, illumination };
        let storage = self.storage.as_dyn().storage(at_a_time);
        let answer =
            prepared.propagator.gradient(&prepared.shot(shot), &storage, wanted, |synthetic: &[f32]| {
                let mut synthetic = waves.sampled(synthetic);
                waves.mask(shot, &mut synthetic);
                let synthetic = self.filtered(synthetic);
                let (samples, dt, reference) = (waves.waves.samples, waves.waves.interval(), self.reference);
                let gather = Gather { synthetic: &synthetic, observed: &observed, samples, dt, reference };
                let (misfit, adjoint) = self.misfit.evaluate(&gather);
                found.misfit = misfit;
                found.difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
                let mut adjoint = self.filtered(adjoint);
                waves.mask(shot, &mut adjoint);
                // In single precision small numbers are lost: the adjoint source enters with a peak of 1.
                let peak = adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
                found.scale = if peak > 0.0 && peak.is_finite() { peak } else { 1.0 };
                Ok::<_, InversionError>(waves.spread(&adjoint, found.scale))
            })?;
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
        shot: usize,
        at_a_time: usize,
        dvp: &[f64],
        slope: Option<&[f64]>,
    ) -> Result<OfShot, InversionError> {
        let waves = self.waves;
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let seen = |traces: &[f32]| {
            let mut traces = waves.sampled(traces);
            waves.mask(shot, &mut traces);
            self.filtered(traces)
        };
        // In single precision a direction enters with a peak of 1 m/s.
        let peak = dvp.iter().fold(0.0_f64, |a, v| a.max(v.abs())).max(f64::MIN_POSITIVE);
        let unit: Vec<f32> = dvp.iter().map(|v| (v / peak) as f32).collect();
        let by_density: Option<Vec<f32>> =
            slope.map(|slope| slope.iter().zip(dvp).map(|(s, v)| (s * v / peak) as f32).collect());
        let linear = prepared.propagator.born(&prepared.shot(shot), &unit, by_density.as_deref())?;
        let linear: Vec<f64> = seen(&linear).into_iter().map(|v| v * peak).collect();
        let observed = self.filtered(waves.observed(shot)?);
        let mut found = OfShot {
            misfit: 0.0,
            difference: 0.0,
            energy: 0.0,
            by_vp: Vec::new(),
            by_density: None,
            illumination: None,
            scale: 1.0,
        };
        if norm(&linear) == 0.0 {
            return Ok(found);
        }
        let wanted = Wanted { vp: true, density: slope.is_some(), wavelet: false, illumination: false };
        let storage = self.storage.as_dyn().storage(at_a_time);
        let answer =
            prepared.propagator.gradient(&prepared.shot(shot), &storage, wanted, |synthetic: &[f32]| {
                let synthetic = seen(synthetic);
                let (samples, dt, reference) = (waves.waves.samples, waves.waves.interval(), self.reference);
                let step = DIFFERENCE * norm(&observed) / norm(&linear);
                let adjoint = |step: f64| {
                    let moved: Vec<f64> = synthetic.iter().zip(&linear).map(|(s, d)| s + step * d).collect();
                    self.misfit
                        .evaluate(&Gather { synthetic: &moved, observed: &observed, samples, dt, reference })
                        .1
                };
                let change =
                    adjoint(step).iter().zip(adjoint(-step)).map(|(a, b)| (a - b) / (2.0 * step)).collect();
                let mut adjoint = self.filtered(change);
                waves.mask(shot, &mut adjoint);
                let peak = adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
                found.scale = if peak > 0.0 && peak.is_finite() { peak } else { 1.0 };
                Ok::<_, InversionError>(waves.spread(&adjoint, found.scale))
            })?;
        (found.by_vp, found.by_density) = (answer.vp, answer.density);
        Ok(found)
    }
}

impl Objective for StageObjective<'_> {
    fn evaluate(&self, m: &[f64], iteration: usize) -> Result<ObjectiveValue, InversionError> {
        let shots = self.shots(iteration);
        let at_a_time = at_a_time(shots.len());
        let vp = velocity(m);
        let prepared = Prepared::new(self.problem, self.waves, &vp, at_a_time)?;
        let density = self.waves.waves.density.as_ref();
        let slope: Option<Vec<f64>> =
            density.map(|density| vp.iter().map(|v| density.as_dyn().at(*v)[1]).collect());
        let (mut misfit, mut difference, mut energy) = (0.0, 0.0, 0.0);
        let mut by_vp = vec![0.0; vp.len()];
        let mut illumination = self.illuminated.then(|| vec![0.0; vp.len()]);
        shot_by_shot(
            &shots,
            |shot| self.one(&prepared, shot, at_a_time),
            |of| {
                misfit += of.misfit;
                difference += of.difference;
                energy += of.energy;
                if let (Some(sums), Some(of)) = (&mut illumination, &of.illumination) {
                    sums.iter_mut().zip(of).for_each(|(sum, e)| *sum += f64::from(*e));
                }
                by_vp.iter_mut().zip(&of.by_vp).for_each(|(sum, g)| *sum += of.scale * f64::from(*g));
                if let (Some(slope), Some(by)) = (&slope, &of.by_density) {
                    let both = by_vp.iter_mut().zip(slope).zip(by);
                    both.for_each(|((sum, slope), g)| *sum += of.scale * slope * f64::from(*g));
                }
            },
        )?;
        // Some of the shots stand for all of them.
        let share = self.problem.survey.sources.len() as f64 / shots.len() as f64;
        // v = m^(-1/2), dv/dm = -v^3/2.
        let gradient = by_vp.iter().zip(&vp).map(|(g, v)| -0.5 * share * g * v.powi(3)).collect();
        Ok(ObjectiveValue {
            misfit: share * misfit,
            relative: (difference / energy).sqrt(),
            gradient,
            illumination,
            solves: 2 * shots.len(),
        })
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
        let prepared = Prepared::new(self.problem, self.waves, &vp, at_a_time)?;
        let density = self.waves.waves.density.as_ref();
        let slope: Option<Vec<f64>> =
            density.map(|density| vp.iter().map(|v| density.as_dyn().at(*v)[1]).collect());
        let dvp: Vec<f64> = dm.iter().zip(&vp).map(|(dm, v)| -0.5 * dm * v.powi(3)).collect();
        let mut by_vp = vec![0.0; vp.len()];
        let one = |shot: usize| self.curvature(&prepared, shot, at_a_time, &dvp, slope.as_deref());
        shot_by_shot(&shots, one, |of| {
            by_vp.iter_mut().zip(&of.by_vp).for_each(|(sum, g)| *sum += of.scale * f64::from(*g));
            if let (Some(slope), Some(by)) = (&slope, &of.by_density) {
                let both = by_vp.iter_mut().zip(slope).zip(by);
                both.for_each(|((sum, slope), g)| *sum += of.scale * slope * f64::from(*g));
            }
        })?;
        let share = self.problem.survey.sources.len() as f64 / shots.len() as f64;
        let product = by_vp.iter().zip(&vp).map(|(g, v)| -0.5 * share * g * v.powi(3)).collect();
        Ok((product, 4 * shots.len()))
    }
}

impl Equation for Transient {
    fn objective<'a>(
        &'a self,
        problem: &'a Problem<'a>,
        settings: &'a InversionPlan,
        stage: &Stage,
    ) -> Result<Box<dyn Objective + 'a>, InversionError> {
        let mut objective = StageObjective {
            problem,
            waves: self,
            misfit: settings.misfit.in_time(),
            band: stage.band.clone(),
            reference: Reference::default(),
            storage: &settings.storage,
            batch: settings.batch,
            seed: settings.seed,
            illuminated: needs_illumination(&settings.conditioning),
        };
        for shot in 0..problem.survey.sources.len() {
            let observed = objective.filtered(self.observed(shot)?);
            objective.reference = objective.reference.and(Reference::of(&observed, self.waves.samples));
        }
        Ok(Box::new(objective))
    }

    fn relative_misfit(&self, problem: &Problem, m: &[f64]) -> Result<f64, InversionError> {
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let prepared = Prepared::new(problem, self, &velocity(m), at_a_time(shots.len()))?;
        let one = |shot: usize| -> Result<[f64; 2], InversionError> {
            let observed = self.observed(shot)?;
            let mut synthetic = self.sampled(&prepared.propagator.forward(&prepared.shot(shot))?);
            self.mask(shot, &mut synthetic);
            let difference = synthetic.iter().zip(&observed).map(|(s, o)| (s - o).powi(2)).sum();
            Ok([difference, observed.iter().map(|o| o * o).sum()])
        };
        let mut sums = [0.0; 2];
        shot_by_shot(&shots, one, |[difference, energy]| {
            sums[0] += difference;
            sums[1] += energy;
        })?;
        Ok((sums[0] / sums[1]).sqrt())
    }

    fn wavefields(&self, _: &Problem, _: &Stage, _: &[f64]) -> Result<Option<Wavefields>, InversionError> {
        Ok(None)
    }

    fn gather(
        &self,
        problem: &Problem,
        shot: usize,
        m: Option<&[f64]>,
    ) -> Result<Option<ShotGather>, InversionError> {
        let traces = match m {
            None => {
                self.observed.read(shot)?.into_iter().map(|v| if v.is_finite() { v } else { 0.0 }).collect()
            }
            Some(m) => {
                let prepared = Prepared::new(problem, self, &velocity(m), 1)?;
                let synthetic = prepared.propagator.forward(&prepared.shot(shot))?;
                self.sampled(&synthetic).into_iter().map(|v| v as f32).collect()
            }
        };
        let mut header = self.observed.header.clone();
        header.survey.sources = vec![problem.survey.sources[shot]];
        header.scenario = String::new();
        Ok(Some(ShotGather { header, traces, wavelet: self.waves.source.clone(), step: self.waves.step }))
    }
}
