//! The misfit of a stage at some frequencies, several of them at a time.

use std::cell::RefCell;
use std::sync::Arc;

use num_complex::Complex64;
use rayon::prelude::*;

use super::solved::{Acquisition, Solved, TOGETHER};
use crate::conditioning::needs_illumination;
use crate::dealt::{self, Named};
use crate::forward::linearised::change_of_adjoint;
use crate::forward::{DataMisfit, DataMisfitValue};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::{InversionSettings, Stage};
use crate::misfit::{FrequencyMisfit, squares};
use crate::unknowns::EstimatedMedium;
use crate::waves::SystemAtFrequencies;

/// Share of the memory that there is for the frequencies that are computed at a time.
const SHARE: f64 = 0.7;

/// How many frequencies are computed at a time, and whether the wavefields of their shots stay in memory. Results do not depend on
/// it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Schedule {
    at_a_time: usize,
    keep: bool,
}

impl Schedule {
    /// For the bytes that there are, and those of one frequency: what it takes to solve, and the wavefields of all shots.
    fn new(available: f64, [solving, wavefields]: [f64; 2], frequencies: usize) -> Self {
        let room = SHARE * available;
        let keep = solving + wavefields <= room;
        let each = if keep { solving + wavefields } else { solving };
        let most = rayon::current_num_threads().min(frequencies).max(1);
        Self { at_a_time: ((room / each) as usize).clamp(1, most), keep }
    }
}

/// The waves of a stage and their data.
struct StageWaves<'a> {
    problem: &'a InverseProblem<'a>,
    waves: &'a SystemAtFrequencies,
    misfit: &'a dyn FrequencyMisfit,
    /// Places of the frequencies of the stage among those of the data.
    frequencies: Vec<usize>,
    acquisition: Arc<Acquisition<'a>>,
    /// By frequency of the stage: observed data, weighed.
    observed: Vec<Vec<Complex64>>,
    energies: Vec<&'a str>,
    schedule: Schedule,
    medium: EstimatedMedium<'a>,
}

impl<'a> StageWaves<'a> {
    fn new(
        waves: &'a SystemAtFrequencies,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let acquisition = Acquisition::new(&waves.plan.system, &problem.grid, &problem.survey)?;
        let observed = |&frequency: &usize| {
            let mut data = waves.observed(frequency).to_vec();
            waves.weigh(&mut data, acquisition.receivers());
            data
        };
        let observed = stage.frequencies.iter().map(observed).collect();
        let cost = waves.plan.cost(&problem.grid, waves.order, &problem.start)?;
        let shots = acquisition.shots();
        let available = survey::memory::available().map_or(f64::INFINITY, |bytes| bytes as f64);
        let needed = [cost.peak_bytes(shots.min(TOGETHER)), cost.wavefield() * shots as f64];
        let illuminated = needs_illumination(&settings.conditioning);
        Ok(Self {
            problem,
            waves,
            misfit: settings.misfit.in_frequency(),
            schedule: Schedule::new(available, needed, stage.frequencies.len()),
            frequencies: stage.frequencies.clone(),
            acquisition: Arc::new(acquisition),
            observed,
            energies: if illuminated { waves.plan.system.energies() } else { Vec::new() },
            medium: settings.medium(&problem.start),
        })
    }

    /// The waves at the frequency of a place in the stage, in the medium of variables.
    fn solved(&self, m: &[f64], place: usize, keep: bool) -> Result<Solved<'a>, InversionError> {
        let (plan, grid) = (&self.waves.plan, &self.problem.grid);
        let frequency = plan.frequencies[self.frequencies[place]];
        let operator = plan.operator(grid, self.waves.order, frequency, &self.medium.parameters(m))?;
        Ok(Solved::new(operator, Arc::clone(&self.acquisition), keep)?)
    }

    fn weighed(&self, mut data: Vec<Complex64>) -> Vec<Complex64> {
        self.waves.weigh(&mut data, self.acquisition.receivers());
        data
    }

    /// What one frequency contributes: misfit, squared residual and energy of the data; then the derivatives by the parameters; then
    /// the energy of the wavefields, if it is wanted.
    fn contribution(&self, m: &[f64], place: usize) -> Result<Vec<f64>, InversionError> {
        let mut solved = self.solved(m, place, self.schedule.keep)?;
        let synthetic = self.weighed(std::mem::take(&mut solved.synthetic));
        let observed = &self.observed[place];
        let (misfit, adjoint) = self.misfit.evaluate(&synthetic, observed);
        let slopes = solved.gradient(&self.weighed(adjoint), &self.medium.varying(), &self.energies)?;
        let [difference, energy] = squares(&self.misfit.with_strength(&synthetic, observed), observed);
        let energies = slopes.energy.into_iter().flatten();
        let slopes = slopes.parameters.into_iter().flatten();
        Ok([misfit, difference, energy].into_iter().chain(slopes).chain(energies).collect())
    }

    fn places(&self) -> Vec<usize> {
        (0..self.frequencies.len()).collect()
    }

    fn named(&self) -> Named {
        Named::new("frequency", self.frequencies.iter().copied())
    }

    fn evaluate(&self, m: &[f64]) -> Result<DataMisfitValue, InversionError> {
        let nodes = self.problem.grid.len();
        let one = |place: &usize| self.contribution(m, *place);
        let numbers = dealt::sum(self.named(), &self.places(), self.schedule.at_a_time, one)?;
        let (sums, fields) = numbers.split_at(3);
        let (slopes, energy) = fields.split_at(nodes * self.medium.varying().len());
        Ok(DataMisfitValue {
            misfit: sums[0],
            relative: (sums[1] / sums[2]).sqrt(),
            gradient: self.medium.chain(m, &by_parameter(slopes, nodes)),
            illumination: (!self.energies.is_empty()).then(|| energy.to_vec()),
            solves: 2 * self.frequencies.len() * self.acquisition.shots(),
        })
    }
}

/// Derivatives `[parameter, node]`, parameter by parameter.
fn by_parameter(slopes: &[f64], nodes: usize) -> Vec<Vec<f64>> {
    slopes.chunks(nodes).map(<[f64]>::to_vec).collect()
}

/// Factors and wavefields of the frequencies of a stage that this rank computes, in the medium of some variables. They stay in memory,
/// so a product takes two solutions for each shot and frequency.
struct Linearised<'a> {
    m: Vec<f64>,
    /// The first frequency of this rank.
    first: usize,
    /// By frequency of this rank.
    parts: Vec<Solved<'a>>,
}

impl<'a> Linearised<'a> {
    fn new(waves: &StageWaves<'a>, m: &[f64]) -> Result<Self, InversionError> {
        let own = dealt::range(waves.frequencies.len());
        let (first, places) = (own.start, own.collect::<Vec<usize>>());
        let mut parts = Vec::new();
        for some in places.chunks(waves.schedule.at_a_time) {
            let solved = some.par_iter().map(|place| waves.solved(m, *place, true));
            let solved: Vec<Result<Solved<'a>, InversionError>> = solved.collect();
            for solved in solved {
                parts.push(solved?);
            }
        }
        Ok(Self { m: m.to_vec(), first, parts })
    }
}

/// The misfit of a stage.
pub(super) struct StageMisfit<'a> {
    waves: StageWaves<'a>,
    linearised: RefCell<Option<Linearised<'a>>>,
}

impl<'a> StageMisfit<'a> {
    pub(super) fn new(
        waves: &'a SystemAtFrequencies,
        problem: &'a InverseProblem<'a>,
        settings: &'a InversionSettings,
        stage: &Stage,
    ) -> Result<Self, InversionError> {
        let waves = dealt::agreed(StageWaves::new(waves, problem, settings, stage))?;
        Ok(Self { waves, linearised: RefCell::default() })
    }
}

impl DataMisfit for StageMisfit<'_> {
    fn evaluate(&self, m: &[f64], _iteration: usize) -> Result<DataMisfitValue, InversionError> {
        DataMisfitValue::or_diverged(self.waves.evaluate(m), m.len())
    }

    fn gauss_newton(
        &self,
        m: &[f64],
        _iteration: usize,
        dm: &[f64],
    ) -> Result<(Vec<f64>, usize), InversionError> {
        let waves = &self.waves;
        let mut kept = self.linearised.borrow_mut();
        if kept.as_ref().is_none_or(|linearised| linearised.m != m) {
            // Before the next ones are made.
            *kept = None;
        }
        let linearised = match kept.take() {
            Some(linearised) => linearised,
            None => dealt::agreed(Linearised::new(waves, m))?,
        };
        let Linearised { first, parts, .. } = kept.insert(linearised);
        let (tangent, names) = (waves.medium.tangent(m, dm), waves.medium.varying());
        let changes: Vec<(&str, &[f64])> =
            names.iter().copied().zip(&tangent).map(|(name, change)| (name, &change[..])).collect();
        let (parts, first, nodes) = (&parts[..], *first, waves.problem.grid.len());
        let one = |place: &usize| -> Result<Vec<f64>, InversionError> {
            let solved = &parts[place - first];
            let data = waves.weighed(solved.born(&changes)?);
            let synthetic = waves.weighed(solved.synthetic.clone());
            match change_of_adjoint(waves.misfit, &synthetic, &waves.observed[*place], &data) {
                None => Ok(vec![0.0; nodes * names.len()]),
                Some(change) => Ok(solved.gradient(&waves.weighed(change), &names, &[])?.parameters.concat()),
            }
        };
        let slopes = dealt::sum(waves.named(), &waves.places(), waves.schedule.at_a_time, one)?;
        let parameters = by_parameter(&slopes, nodes);
        let solves = 2 * waves.frequencies.len() * waves.acquisition.shots();
        Ok((waves.medium.chain(m, &parameters), solves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wavefields stay in memory while there is room for them; there is always room for one frequency.
    #[test]
    fn schedules_follow_memory() {
        let of = |available: f64| Schedule::new(available, [2.0, 5.0], 4);
        let threads = rayon::current_num_threads().min(4);
        assert_eq!(of(1e9), Schedule { at_a_time: threads, keep: true });
        assert_eq!(of(11.0), Schedule { at_a_time: 1, keep: true });
        assert_eq!(of(6.0), Schedule { at_a_time: 2.min(threads), keep: false });
        assert_eq!(of(1.0), Schedule { at_a_time: 1, keep: false });
    }
}
