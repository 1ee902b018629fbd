//! Waves of any system of equations, in a medium with any parameters.

use fd::program::{Propagator, Receivers, Shot, Source, Wanted};
use fd::time::{Mesh, Storage};

use super::{AdjointSource, Place, Propagation, Sensitivity, ShotInput, Stored};
use crate::inversion_error::InversionError;
use crate::unknowns::EstimatedMedium;
use crate::waves_plan::SystemPlan;

/// Weights with which six samples half a step off give the one in their middle, for fields that live between steps. Their error
/// is `5/1024 (omega dt)^6`.
const BETWEEN: [f32; 6] =
    [3.0 / 256.0, -25.0 / 256.0, 150.0 / 256.0, 150.0 / 256.0, -25.0 / 256.0, 3.0 / 256.0];

/// Steps beyond the last sample that the sample in the middle needs.
const LATE: usize = 3;

/// Waves of a system in a medium.
pub(in super::super) struct SystemWaves<'a> {
    propagator: Propagator<f32>,
    plan: &'a SystemPlan,
    medium: EstimatedMedium<'a>,
    m: Vec<f64>,
    /// By recorded field: whether it lives half a step before the samples.
    between: Vec<bool>,
}

impl<'a> SystemWaves<'a> {
    pub(in super::super) fn new(
        mesh: &Mesh,
        settings: &fd::time::Settings,
        plan: &'a SystemPlan,
        medium: EstimatedMedium<'a>,
        m: &[f64],
        place: Place<'_>,
    ) -> Result<Self, InversionError> {
        let parameters = medium.parameters(m);
        let propagator = plan.propagator(mesh, settings, &parameters)?.on(place.device, place.shots)?;
        let between = plan.fields.iter().map(|field| propagator.lives_between_steps(&field.name));
        let between = between.collect::<Result<_, _>>()?;
        Ok(Self { propagator, plan, medium, m: m.to_vec(), between })
    }

    /// Calls `run` with the shot as the propagator sees it.
    fn with_shot<R>(&self, input: &ShotInput, run: impl FnOnce(&Shot<'_, f32>) -> R) -> R {
        let steps = input.steps + LATE;
        let mut wavelets = Vec::with_capacity(input.wavelets.len() / input.steps * steps);
        for wavelet in input.wavelets.chunks(input.steps) {
            wavelets.extend_from_slice(wavelet);
            wavelets.extend([wavelet.last().copied().unwrap_or(0.0); LATE]);
        }
        let receivers = self.plan.fields.iter();
        let receivers = receivers.map(|field| Receivers { unknown: &field.name, points: &input.receivers });
        let shot = Shot {
            sources: vec![Source::new(&self.plan.source, &input.sources, &wavelets)],
            receivers: receivers.collect(),
            steps,
        };
        run(&shot)
    }

    /// Traces at the samples, `[trace, step]`, from those of the propagator.
    fn aligned(&self, recorded: &[Vec<f32>], steps: usize) -> Vec<f32> {
        let mut all = Vec::new();
        for (traces, between) in recorded.iter().zip(&self.between) {
            for trace in traces.chunks(steps + LATE) {
                if !between {
                    all.extend_from_slice(&trace[..steps]);
                    continue;
                }
                // Sample k of the trace is at (k - 1/2) dt.
                let at = |n: usize| -> f32 {
                    let terms = BETWEEN.iter().enumerate();
                    terms.map(|(j, w)| (n + j).checked_sub(2).map_or(0.0, |k| w * trace[k])).sum()
                };
                all.extend((0..steps).map(at));
            }
        }
        all
    }

    /// The transpose of [`SystemWaves::aligned`].
    fn aligned_transposed(&self, adjoint: &[f32], steps: usize, receivers: usize) -> Vec<Vec<f32>> {
        let mut all = Vec::new();
        for (traces, between) in adjoint.chunks(receivers * steps).zip(&self.between) {
            let mut set = vec![0.0; receivers * (steps + LATE)];
            for (to, trace) in set.chunks_mut(steps + LATE).zip(traces.chunks(steps)) {
                if !between {
                    to[..steps].copy_from_slice(trace);
                    continue;
                }
                for (n, value) in trace.iter().enumerate() {
                    for (j, w) in BETWEEN.iter().enumerate() {
                        if let Some(k) = (n + j).checked_sub(2) {
                            to[k] += w * value;
                        }
                    }
                }
            }
            all.push(set);
        }
        all
    }
}

impl SystemPlan {
    /// A propagator of the system in a medium.
    ///
    /// # Errors
    /// [`fd::FdError`], for a medium that the equation cannot take or too long a step.
    pub fn propagator(
        &self,
        mesh: &Mesh,
        settings: &fd::time::Settings,
        parameters: &[survey::parameter::Parameter],
    ) -> Result<Propagator<f32>, fd::FdError> {
        Propagator::new(&self.system, mesh, settings, &self.properties(parameters))
    }

    /// The unknowns whose squares are the energy of the waves: those of the unit of the first.
    pub(crate) fn energies(&self) -> Vec<&str> {
        let unknowns = &self.system.unknowns;
        let first = unknowns.first().map(|unknown| &unknown.unit);
        unknowns
            .iter()
            .filter(|unknown| Some(&unknown.unit) == first)
            .map(|unknown| unknown.name.as_str())
            .collect()
    }
}

impl Propagation for SystemWaves<'_> {
    fn at_a_time(
        &self,
        shots: usize,
        steps: usize,
        gradient: Option<Stored<'_>>,
    ) -> Result<usize, InversionError> {
        let samples = steps + LATE;
        let Some((storage, illumination)) = gradient else {
            return Ok(self.propagator.shots_at_a_time(shots, samples, None)?);
        };
        let names = self.medium.varying();
        let energies = if illumination { self.plan.energies() } else { Vec::new() };
        let wanted = Wanted { parameters: &names, energies: &energies };
        Ok(self.propagator.shots_at_a_time(shots, samples, Some((wanted, storage)))?)
    }

    fn forward(&self, input: &ShotInput) -> Result<Vec<f32>, InversionError> {
        let recorded = self.with_shot(input, |shot| self.propagator.forward(shot))?;
        Ok(self.aligned(&recorded, input.steps))
    }

    fn born(&self, input: &ShotInput, dm: &[f64]) -> Result<(Vec<f32>, f64), InversionError> {
        // In single precision a direction enters with a peak of a thousandth of the variables.
        let ratio = dm.iter().zip(&self.m).fold(0.0_f64, |a, (dm, m)| a.max((dm / m).abs()));
        let peak = 1e3 * ratio.max(1e-300);
        let unit: Vec<f64> = dm.iter().map(|dm| dm / peak).collect();
        let tangent = self.medium.tangent(&self.m, &unit);
        let names = self.medium.varying();
        let changes: Vec<(&str, &[f64])> =
            names.into_iter().zip(&tangent).map(|(name, change)| (name, &change[..])).collect();
        let recorded = self.with_shot(input, |shot| self.propagator.born(shot, &changes))?;
        Ok((self.aligned(&recorded, input.steps), peak))
    }

    fn gradient(
        &self,
        input: &ShotInput,
        storage: &Storage,
        illumination: bool,
        adjoint: AdjointSource,
    ) -> Result<Sensitivity, InversionError> {
        let (steps, receivers) = (input.steps, input.receivers.len());
        let names = self.medium.varying();
        let energies = if illumination { self.plan.energies() } else { Vec::new() };
        let wanted = Wanted { parameters: &names, energies: &energies };
        let found = self.with_shot(input, |shot| {
            self.propagator.gradient(shot, wanted, storage, |recorded: &[Vec<f32>]| {
                let by = adjoint(&self.aligned(recorded, steps))?;
                Ok::<_, InversionError>(self.aligned_transposed(&by, steps, receivers))
            })
        })?;
        let energy = found.energies.into_iter().reduce(|mut sum, more| {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sum
        });
        Ok(Sensitivity {
            by_m: self.medium.chain(&self.m, &found.parameters),
            illumination: energy.map(|energy| energy.into_iter().map(|e| e as f32).collect()),
        })
    }
}
