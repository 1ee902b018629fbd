//! Gathers from the true model, written shot by shot.

use std::path::Path;

use document::{Fault, KeyPath};

use super::progress::ProgressCallback;
use super::progress::interrupted;
use super::rounds::Rounds;
use super::truth::Truth;
use crate::agreed::agreed;
use crate::error::FwiError;
use crate::plan::data::problems::NoTruth;
use crate::plan::{DataSource, Plan, SimulatePlan};
use fwi::forward::transient::{KnownMedium, Simulation};
use fwi::waves_plan::TransientPlan;
use survey::gathers::{GatherHeader, GatherWriter};
use survey::model::Model;
use survey::parameter::Parameter;
use survey::traces::Resampling;
use survey::traces::noise::add_noise;
use survey::wavelet::SourceWavelets;

/// What a simulation needs beside the plan.
struct Prepared<'a> {
    simulation: Simulation<'a>,
    resampling: Resampling,
    emitted: SourceWavelets,
    /// Shots at a time.
    at_a_time: usize,
}

impl Prepared<'_> {
    fn one(&self, plan: &Plan, shot: usize) -> Result<Vec<f64>, FwiError> {
        let (source, receivers) = (plan.survey.sources[shot], plan.survey.receivers.of(shot));
        let traces = self.simulation.record(source, receivers, self.emitted.of(shot))?;
        Ok(self.resampling.apply(&traces))
    }
}

/// Computes the data, and on rank 0 writes them to the path; returns `[shot, receiver, time]`. Each rank has only as many shots in
/// memory as it has threads.
///
/// # Errors
/// [`FwiError::Fd`]; [`FwiError::Data`].
pub(super) fn simulate(
    plan: &Plan,
    waves: &TransientPlan,
    truth: Truth,
    how: &SimulatePlan,
    path: Option<&Path>,
    tell: &mut ProgressCallback,
) -> Result<[usize; 3], FwiError> {
    let (sources, receivers) = (&plan.survey.sources, &plan.survey.receivers);
    let header = GatherHeader {
        survey: GatherHeader::survey(sources.clone(), receivers.clone()),
        dt: waves.interval(),
        samples: waves.samples,
        fields: waves.fields(),
        scenario: plan.data_record(),
    };
    let medium = agreed(Medium::new(plan, truth, how))?;
    let prepared = agreed(prepare(plan, waves, how, &medium))?;
    let (shots, at_a_time) = (sources.len(), prepared.at_a_time);
    let one = |shot: usize| prepared.one(plan, shot);
    let rounds = Rounds {
        world: ranks::world(),
        what: "shot",
        at_a_time,
        interrupted: &|_| interrupted("it begins anew"),
    };
    let Some(path) = path else {
        agreed(Ok(()))?;
        rounds.run(0..shots, one, |_, _| Ok(()))?;
        return Ok(header.shape());
    };
    let mut begun = false;
    let written = GatherWriter::create(path, &header, Some((&waves.source, waves.step)), |out| {
        begun = true;
        agreed(Ok(()))?;
        rounds.run(0..shots, one, |shot, mut gather| {
            let (dt, seed) = (waves.interval(), [how.seed, shot as u64]);
            add_noise(&mut gather, waves.samples, dt, how.noise, Some(waves.band), seed);
            let gather: Vec<f32> = gather.into_iter().map(|v| v as f32).collect();
            out.put(shot, &gather)?;
            tell(shot + 1, shots);
            Ok(())
        })
    });
    match written {
        Err(error) if !begun => agreed(Err(error))?,
        written => written?,
    }
    Ok(header.shape())
}

/// The true medium on the grid of the simulation.
enum Medium {
    Velocity(Model),
    Parameters(Vec<Parameter>),
}

impl Medium {
    fn new(plan: &Plan, truth: Truth, how: &SimulatePlan) -> Result<Self, FwiError> {
        let DataSource::FiniteDifferences { grid, .. } = how.engine else {
            return Err(FwiError::Absent { what: "an exact solution in time" });
        };
        Ok(match truth {
            Truth::Velocity(truth) => Self::Velocity(truth.sample(&grid)?),
            Truth::Parameters(system) => {
                let missing = || plan.fault(Fault::new(KeyPath::of("data.simulate"), NoTruth));
                Self::Parameters(system.truth(&grid)?.ok_or_else(missing)?)
            }
        })
    }
}

fn prepare<'a>(
    plan: &Plan,
    waves: &'a TransientPlan,
    how: &SimulatePlan,
    medium: &'a Medium,
) -> Result<Prepared<'a>, FwiError> {
    let DataSource::FiniteDifferences { grid, order, refine } = how.engine else {
        return Err(FwiError::Absent { what: "an exact solution in time" });
    };
    let medium = match medium {
        Medium::Velocity(model) => KnownMedium::Velocity(model),
        Medium::Parameters(parameters) => KnownMedium::Parameters(parameters),
    };
    let at_a_time = rayon::current_num_threads().min(plan.survey.sources.len()).max(1);
    let threads = (rayon::current_num_threads() / at_a_time).max(1);
    let simulation = Simulation::new(waves, &grid, (order, refine, threads), medium)?;
    let resampling = waves.resampling(refine);
    let folder = plan.file.parent().unwrap_or(Path::new(""));
    let emitted = waves.wavelet.as_dyn().emitted(folder, waves.step / refine as f64, resampling.steps())?;
    Ok(Prepared { simulation, resampling, emitted, at_a_time })
}
