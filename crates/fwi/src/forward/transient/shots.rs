//! The propagation of shots, several at a time.

use std::borrow::Cow;

use fd::Point;
use fd::time::{Mesh, Points};
use rayon::prelude::*;
use survey::survey::Receivers;
use survey::wavelet::SourceWavelets;

use super::propagation::{AcousticWaves, Place, Propagation, ShotInput, Stored, SystemWaves};
use crate::dealt::Named;
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::waves::Transient;

/// Sources that fire together: one shot, or several with a factor each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Supershot {
    pub(super) shots: Vec<usize>,
    pub(super) codes: Vec<f64>,
}

impl Supershot {
    pub(crate) fn single(shot: usize) -> Self {
        Self { shots: vec![shot], codes: vec![1.0] }
    }
}

/// Shots as ranks share them.
pub(super) fn named(shots: &[Supershot]) -> Named {
    let single = |of: &Supershot| if let [shot] = of.shots[..] { Some(shot) } else { None };
    match shots.iter().map(single).collect::<Option<Vec<usize>>>() {
        Some(shots) => Named::new("shot", shots),
        None => Named::new("supershot", 0..shots.len()),
    }
}

/// Data that all shots of a model share.
pub(super) struct Prepared<'a> {
    pub(super) waves: Box<dyn Propagation + 'a>,
    mesh: Mesh,
    sources: &'a [Point],
    pub(super) receivers: Cow<'a, Receivers>,
    wavelet: &'a SourceWavelets,
}

impl<'a> Prepared<'a> {
    /// The medium of variables `[unknown, node]`; `shots` of them are computed at a time.
    pub(super) fn new(
        (problem, settings): (&'a InverseProblem, &'a InversionSettings),
        waves: &'a Transient,
        wavelet: &'a SourceWavelets,
        m: &[f64],
        shots: usize,
    ) -> Result<Self, InversionError> {
        let mesh = Mesh::from(&problem.grid);
        let threads = (rayon::current_num_threads() / shots.max(1)).max(1);
        let numerics = waves.waves.settings(waves.order, 1, threads);
        let place = Place { device: &settings.wave_device, shots };
        let propagation: Box<dyn Propagation + 'a> = match &waves.waves.system {
            None => Box::new(AcousticWaves::new(&mesh, &numerics, &waves.waves, m, place)?),
            Some(system) => {
                let medium = settings.medium(&problem.start);
                Box::new(SystemWaves::new(&mesh, &numerics, system, medium, m, place)?)
            }
        };
        Ok(Self {
            waves: propagation,
            receivers: Cow::Borrowed(&problem.survey.receivers),
            mesh,
            sources: &problem.survey.sources,
            wavelet,
        })
    }

    pub(super) fn shot(&self, supershot: &Supershot) -> Result<ShotInput, InversionError> {
        let positions: Vec<Point> = supershot.shots.iter().map(|&shot| self.sources[shot]).collect();
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
            steps: self.wavelet.count(),
        })
    }

    /// Synthetic samples of one shot at every step, `[trace, step]`.
    pub(super) fn forward(&self, shot: usize) -> Result<Vec<f32>, InversionError> {
        self.waves.forward(&self.shot(&Supershot::single(shot))?)
    }

    /// Applies `one`, which runs shots forward, to shots, and `add` to the results in their order.
    pub(super) fn each<T: Send>(
        &self,
        shots: &[usize],
        one: impl Fn(&usize) -> Result<T, InversionError> + Sync,
        add: impl FnMut(T),
    ) -> Result<(), InversionError> {
        let at_a_time = self.waves.at_a_time(at_a_time(shots.len()), self.wavelet.count(), None)?;
        in_rounds(shots, at_a_time, one, add)
    }

    /// How many of so many shots are computed at a time for a gradient.
    pub(super) fn at_a_time(&self, shots: usize, stored: Stored<'_>) -> Result<usize, InversionError> {
        self.waves.at_a_time(shots, self.wavelet.count(), Some(stored))
    }
}

/// Applies `one` to shots, so many at a time, and `add` to the results in the order of the shots.
pub(super) fn in_rounds<S: Sync, T: Send>(
    shots: &[S],
    at_a_time: usize,
    one: impl Fn(&S) -> Result<T, InversionError> + Sync,
    mut add: impl FnMut(T),
) -> Result<(), InversionError> {
    for some in shots.chunks(at_a_time.max(1)) {
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
