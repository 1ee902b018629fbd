//! The waves of all shots at one frequency, and how their data change with the medium.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use fd::harmonic::{Data, HarmonicOperator, Shot, Source, Wavefield};
use fd::program::Receivers as Recorded;
use fd::time::{Mesh, Points};
use fd::{FdError, Grid};
use num_complex::Complex64;
use survey::survey::Survey;

use crate::waves_plan::SystemPlan;

/// Shots that are solved for together. It does not depend on the memory that there is, so results do not either.
pub const TOGETHER: usize = 16;

/// Sources and receivers on a mesh.
pub(super) struct Acquisition<'a> {
    system: &'a SystemPlan,
    sources: Vec<Points>,
    /// One for all shots, or one for each.
    receivers: Vec<Points>,
    strength: [Complex64; 1],
}

impl<'a> Acquisition<'a> {
    /// # Errors
    /// [`FdError`] for points outside the grid.
    pub(super) fn new(system: &'a SystemPlan, grid: &Grid, survey: &Survey) -> Result<Self, FdError> {
        let mesh = Mesh::from(grid);
        let sources = survey.sources.iter().map(|source| Points::new(&mesh, &[*source]));
        let receivers = survey.receivers.all().iter().map(|points| Points::new(&mesh, points));
        Ok(Self {
            system,
            sources: sources.collect::<Result<_, _>>()?,
            receivers: receivers.collect::<Result<_, _>>()?,
            strength: [survey.strength],
        })
    }

    /// Number of shots.
    pub(super) fn shots(&self) -> usize {
        self.sources.len()
    }

    /// Receivers of a shot.
    pub(super) fn receivers(&self) -> usize {
        self.receivers[0].len()
    }

    /// The shots that are solved for together.
    fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let shots = self.shots();
        (0..shots).step_by(TOGETHER).map(move |first| first..(first + TOGETHER).min(shots))
    }

    fn of(&self, batch: Range<usize>) -> Vec<Shot<'_>> {
        let shot = |shot: usize| {
            let points = &self.receivers[shot.min(self.receivers.len() - 1)];
            let record = self.system.fields.iter().map(|field| Recorded { unknown: &field.name, points });
            let source = Source {
                given: &self.system.source,
                points: &self.sources[shot],
                amplitudes: &self.strength,
            };
            Shot { sources: vec![source], receivers: record.collect() }
        };
        batch.map(shot).collect()
    }

    /// Data `[shot, trace]` of some shots as sets of receivers.
    fn sets(&self, batch: Range<usize>, data: &[Complex64]) -> Vec<Data> {
        let (traces, receivers) = (self.system.fields.len() * self.receivers(), self.receivers());
        let of_shot = |values: &[Complex64]| values.chunks(receivers).map(<[_]>::to_vec).collect();
        data[batch.start * traces..batch.end * traces].chunks(traces).map(of_shot).collect()
    }
}

/// A derivative of a misfit by parameters, and the energy of the waves at every node if it is wanted.
pub(super) struct Slopes {
    /// By parameter, in the order in which they were wanted, on the grid.
    pub(super) parameters: Vec<Vec<f64>>,
    pub(super) energy: Option<Vec<f64>>,
}

/// A factorised medium with the waves of all shots.
pub(super) struct Solved<'a> {
    operator: HarmonicOperator,
    acquisition: Arc<Acquisition<'a>>,
    /// By batch of shots; none where they are computed again when they are needed.
    wavefields: Option<Vec<Vec<Wavefield>>>,
    /// What the receivers record, `[shot, trace]`.
    pub(super) synthetic: Vec<Complex64>,
}

impl<'a> Solved<'a> {
    /// Solves for all shots. With `keep` their wavefields stay in memory.
    ///
    /// # Errors
    /// [`FdError::Inaccurate`].
    pub(super) fn new(
        operator: HarmonicOperator,
        acquisition: Arc<Acquisition<'a>>,
        keep: bool,
    ) -> Result<Self, FdError> {
        let (mut kept, mut synthetic) = (Vec::new(), Vec::new());
        for batch in acquisition.batches() {
            let shots = acquisition.of(batch);
            let wavefields = operator.solve(&shots)?;
            synthetic.extend(operator.record(&shots, &wavefields)?.into_iter().flatten().flatten());
            if keep {
                kept.push(wavefields);
            }
        }
        Ok(Self { operator, acquisition, wavefields: keep.then_some(kept), synthetic })
    }

    fn wavefields(&self, batch: usize, shots: &[Shot<'_>]) -> Result<Cow<'_, [Wavefield]>, FdError> {
        match &self.wavefields {
            Some(kept) => Ok(Cow::Borrowed(&kept[batch])),
            None => Ok(Cow::Owned(self.operator.solve(shots)?)),
        }
    }

    /// The first-order change of the data for changes of parameters, `[shot, trace]`.
    ///
    /// # Errors
    /// [`FdError`].
    pub(super) fn born(&self, changes: &[(&str, &[f64])]) -> Result<Vec<Complex64>, FdError> {
        let mut all = Vec::with_capacity(self.synthetic.len());
        for (k, batch) in self.acquisition.batches().enumerate() {
            let shots = self.acquisition.of(batch);
            let wavefields = self.wavefields(k, &shots)?;
            all.extend(self.operator.born(&shots, &wavefields, changes)?.into_iter().flatten().flatten());
        }
        Ok(all)
    }

    /// The derivative of a misfit by wanted parameters from that by the data, `[shot, trace]`; with the squares of unknowns.
    ///
    /// # Errors
    /// [`FdError`].
    pub(super) fn gradient(
        &self,
        adjoint: &[Complex64],
        wanted: &[&str],
        energies: &[&str],
    ) -> Result<Slopes, FdError> {
        let nodes = self.operator.mesh().len();
        let mut parameters = vec![vec![0.0; nodes]; wanted.len()];
        let mut energy = (!energies.is_empty()).then(|| vec![0.0; nodes]);
        for (k, batch) in self.acquisition.batches().enumerate() {
            let shots = self.acquisition.of(batch.clone());
            let wavefields = self.wavefields(k, &shots)?;
            let sets = self.acquisition.sets(batch, adjoint);
            let of_batch = self.operator.gradient(&shots, &wavefields, &sets, wanted)?;
            for (sum, of_batch) in parameters.iter_mut().zip(of_batch) {
                sum.iter_mut().zip(of_batch).for_each(|(sum, slope)| *sum += slope);
            }
            let Some(energy) = &mut energy else { continue };
            for wavefield in wavefields.iter() {
                for unknown in energies {
                    let field = self.operator.field(wavefield, unknown)?;
                    energy.iter_mut().zip(field).for_each(|(sum, u)| *sum += u.norm_sqr());
                }
            }
        }
        Ok(Slopes { parameters, energy })
    }
}
