//! The acoustic wave equation in time: gathers and the gradient of their misfit, shot by shot.

use std::borrow::Cow;

use fd::time::{Medium, Mesh, Points, Propagator, Shot};
use rayon::prelude::*;

use super::{DataMisfit, ForwardModel, background_slowness};
use crate::inversion::{InverseProblem, InversionError, Wavefields};
use crate::inversion_settings::{InversionSettings, Stage};
use crate::waves_plan::AcousticPlan;
use survey::data_error::DataError;
use survey::gathers::{GatherFile, ShotGather};
use survey::survey::Receivers;
use survey::traces::{Mute, Resampling, WaveletEstimate};
use survey::wavelet::SourceWavelets;
use survey::wavelet::file::resample;

mod data_operator;
mod stage;

pub(crate) use data_operator::DataOperator;
use stage::StageMisfit;

/// Waves in time: numerics and data.
///
/// Shots are computed in parallel, one per thread, and summed in order, so the result does not depend on the number
/// of threads.
#[derive(Debug, Clone)]
pub struct Transient {
    /// The equation and the source.
    pub waves: AcousticPlan,
    /// Order of accuracy in space.
    pub order: usize,
    /// Observed data, in their file.
    pub observed: GatherFile,
    /// The traces that are used, `[shot, receiver]`.
    pub live: Vec<bool>,
    /// How the data are sampled from the steps of a propagation.
    pub resampling: Resampling,
}

impl Transient {
    /// The equation with the data of a file; bad traces are not used.
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
        Ok(Self { resampling: waves.resampling(1), waves, order, observed, live })
    }

    /// Observed traces of a shot `[receiver, time]`, with zeros for traces that are not used.
    fn observed(&self, shot: usize) -> Result<Vec<f64>, DataError> {
        let mut traces: Vec<f64> = self.observed.read(shot)?.into_iter().map(f64::from).collect();
        self.mask(shot, &mut traces);
        Ok(traces)
    }

    fn mask(&self, shot: usize, traces: &mut [f64]) {
        let receivers = self.observed.header.survey.receivers.count();
        let live = &self.live[shot * receivers..(shot + 1) * receivers];
        for (trace, _) in traces.chunks_mut(self.waves.samples).zip(live).filter(|(_, live)| !**live) {
            trace.fill(0.0);
        }
    }
}

/// Sources that fire together: one shot, or several with a factor each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Supershot {
    shots: Vec<usize>,
    codes: Vec<f64>,
}

impl Supershot {
    pub(crate) fn single(shot: usize) -> Self {
        Self { shots: vec![shot], codes: vec![1.0] }
    }
}

/// Data that all shots of a model share.
struct Prepared<'a> {
    propagator: Propagator<f32>,
    mesh: Mesh,
    sources: &'a [[f64; 2]],
    receivers: Cow<'a, Receivers>,
    wavelet: &'a SourceWavelets,
}

/// Sources, wavelets and receivers of a shot on the mesh.
struct ShotInput {
    sources: Points,
    receivers: Points,
    wavelets: Vec<f32>,
}

impl<'a> Prepared<'a> {
    /// `shots` of them are computed at a time.
    fn new(
        problem: &'a InverseProblem,
        waves: &Transient,
        wavelet: &'a SourceWavelets,
        vp: &[f64],
        shots: usize,
    ) -> Result<Self, InversionError> {
        let mesh = Mesh::from(&problem.grid);
        let threads = (rayon::current_num_threads() / shots.max(1)).max(1);
        let settings = waves.waves.settings(waves.order, 1, threads);
        let density = waves.waves.density_of(vp);
        let medium = Medium { vp, density: density.as_deref() };
        Ok(Self {
            propagator: Propagator::new(&mesh, &settings, &medium)?,
            receivers: Cow::Borrowed(&problem.survey.receivers),
            mesh,
            sources: &problem.survey.sources,
            wavelet,
        })
    }

    fn shot_input(&self, supershot: &Supershot) -> Result<ShotInput, InversionError> {
        let positions: Vec<[f64; 2]> = supershot.shots.iter().map(|&shot| self.sources[shot]).collect();
        Ok(ShotInput {
            sources: Points::new(&self.mesh, &positions)?,
            // Shots that fire together have the same receivers: the plan has checked it.
            receivers: Points::new(&self.mesh, self.receivers.of(supershot.shots[0]))?,
            wavelets: supershot
                .shots
                .iter()
                .zip(&supershot.codes)
                .flat_map(|(shot, c)| self.wavelet.of(*shot).iter().map(move |v| (c * v) as f32))
                .collect(),
        })
    }

    fn shot<'s>(&'s self, input: &'s ShotInput) -> Shot<'s, f32> {
        Shot {
            sources: &input.sources,
            wavelets: &input.wavelets,
            receivers: &input.receivers,
            steps: self.wavelet.count(),
        }
    }

    /// Synthetic samples of one shot at every step, `[receiver, time]`.
    fn forward(&self, shot: usize) -> Result<Vec<f32>, InversionError> {
        let input = self.shot_input(&Supershot::single(shot))?;
        Ok(self.propagator.forward(&self.shot(&input))?)
    }
}

fn velocity(m: &[f64]) -> Vec<f64> {
    m.iter().map(|m| m.sqrt().recip()).collect()
}

/// Applies `one` to shots, as many at a time as there are threads, and `add` to the results in the order of the
/// shots.
pub(crate) fn shot_by_shot<S: Sync, T: Send>(
    shots: &[S],
    one: impl Fn(&S) -> Result<T, InversionError> + Sync,
    mut add: impl FnMut(T),
) -> Result<(), InversionError> {
    for some in shots.chunks(at_a_time(shots.len())) {
        let answers: Vec<Result<T, InversionError>> = some.par_iter().map(&one).collect();
        for answer in answers {
            add(answer?);
        }
    }
    Ok(())
}

/// Number of shots that are computed at a time.
pub fn at_a_time(shots: usize) -> usize {
    rayon::current_num_threads().min(shots).max(1)
}

impl Transient {
    /// The wavelet of an inversion at every time step: that of the scenario, or the estimate if the inversion
    /// requests one.
    ///
    /// The estimate uses the starting model of the inversion, so a resumed run has the same one.
    fn wavelet(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
    ) -> Result<Cow<'_, SourceWavelets>, InversionError> {
        let Some(estimate) = &settings.estimate_wavelet else { return Ok(Cow::Borrowed(&self.waves.source)) };
        let m = background_slowness(problem, &problem.grid);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let at_a_time = at_a_time(shots.len());
        let prepared = Prepared::new(problem, self, &self.waves.source, &velocity(&m), at_a_time)?;
        let mut sums = WaveletEstimate::new(self.waves.samples);
        let one = |shot: &usize| -> Result<WaveletEstimate, InversionError> {
            let mut sums = WaveletEstimate::new(self.waves.samples);
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            let mut observed = self.observed(*shot)?;
            if let Some(weights) = self.weights(problem, &settings.mutes, *shot) {
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
        points: &[[f64; 2]],
        every: usize,
    ) -> Result<Vec<Vec<f64>>, InversionError> {
        let (steps, recorded) = (self.resampling.steps(), self.waves.recorded_steps());
        let kept = |trace: &[f32]| -> Vec<f64> {
            trace[..recorded].iter().step_by(every).map(|v| f64::from(*v)).collect()
        };
        let at_steps = |pressure: &[f32]| pressure.chunks(steps).flat_map(kept).collect();
        self.starting_fields(problem, settings, points, at_steps)
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
        points: &[[f64; 2]],
        of_shot: impl Fn(&[f32]) -> Vec<f64> + Sync,
    ) -> Result<Vec<Vec<f64>>, InversionError> {
        let m = background_slowness(problem, &problem.grid);
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let wavelet = self.wavelet(problem, settings)?;
        let at_a_time = at_a_time(shots.len());
        let mut prepared = Prepared::new(problem, self, &wavelet, &velocity(&m), at_a_time)?;
        prepared.receivers = Cow::Owned(Receivers::Shared(points.to_vec()));
        let mut fields = Vec::new();
        let one =
            |shot: &usize| -> Result<Vec<f64>, InversionError> { Ok(of_shot(&prepared.forward(*shot)?)) };
        shot_by_shot(&shots, one, |field| fields.push(field))?;
        Ok(fields)
    }

    /// Weights `[receiver, time]` of a shot, unless all are 1: dead traces have weight zero, and mutes multiply.
    fn weights(&self, problem: &InverseProblem, mutes: &[Mute], shot: usize) -> Option<Vec<f64>> {
        let (receivers, samples) = (problem.survey.receivers.of(shot), self.waves.samples);
        let all = self.live[shot * receivers.len()..(shot + 1) * receivers.len()].iter().all(|live| *live);
        if mutes.is_empty() && all {
            return None;
        }
        let source = problem.survey.sources[shot];
        let offsets: Vec<f64> =
            receivers.iter().map(|r| (r[0] - source[0]).hypot(r[1] - source[1])).collect();
        let mut weights = vec![1.0; receivers.len() * samples];
        for mute in mutes {
            let of = mute.weights(&offsets, samples, self.waves.interval());
            weights.iter_mut().zip(of).for_each(|(w, of)| *w *= of);
        }
        self.mask(shot, &mut weights);
        Some(weights)
    }
}

impl ForwardModel for Transient {
    fn data_misfit<'a>(
        &'a self,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Box<dyn DataMisfit + 'a>, InversionError> {
        Ok(Box::new(StageMisfit::new(self, problem, settings, stage)?))
    }

    fn relative_misfit(
        &self,
        problem: &InverseProblem,
        settings: &InversionSettings,
        m: &[f64],
    ) -> Result<f64, InversionError> {
        let shots: Vec<usize> = (0..problem.survey.sources.len()).collect();
        let wavelet = self.wavelet(problem, settings)?;
        let prepared = Prepared::new(problem, self, &wavelet, &velocity(m), at_a_time(shots.len()))?;
        let one = |shot: &usize| -> Result<[f64; 2], InversionError> {
            let observed = self.observed(*shot)?;
            let mut synthetic = self.resampling.apply(&prepared.forward(*shot)?);
            self.mask(*shot, &mut synthetic);
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

    fn wavefields(
        &self,
        _: &InverseProblem,
        _: &Stage,
        _: &[f64],
    ) -> Result<Option<Wavefields>, InversionError> {
        Ok(None)
    }

    fn gathers(
        &self,
        problem: &InverseProblem,
        shots: &[usize],
        of: Option<(&InversionSettings, &[f64])>,
    ) -> Result<Vec<ShotGather>, InversionError> {
        let gather = |shot: usize, traces: Vec<f32>, wavelet: &SourceWavelets| {
            let mut header = self.observed.header.clone();
            header.survey.receivers = header.survey.receivers.only(shot);
            header.survey.sources = vec![problem.survey.sources[shot]];
            header.scenario = String::new();
            ShotGather { header, traces, wavelet: wavelet.of(shot).to_vec(), step: self.waves.step }
        };
        let Some((settings, m)) = of else {
            let finite = |v: f32| if v.is_finite() { v } else { 0.0 };
            let observed = |shot: &usize| {
                let traces = self.observed.read(*shot)?.into_iter().map(finite).collect();
                Ok(gather(*shot, traces, &self.waves.source))
            };
            return shots.iter().map(observed).collect();
        };
        let wavelet = self.wavelet(problem, settings)?;
        let prepared = Prepared::new(problem, self, &wavelet, &velocity(m), 1)?;
        let synthetic = |shot: &usize| {
            let traces =
                self.resampling.apply(&prepared.forward(*shot)?).into_iter().map(|v| v as f32).collect();
            Ok(gather(*shot, traces, &wavelet))
        };
        shots.iter().map(synthetic).collect()
    }
}
