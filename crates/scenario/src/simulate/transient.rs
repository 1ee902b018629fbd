//! Gathers from the true model, written shot by shot.

use std::path::Path;

use document::{Fault, KeyPath};
use rayon::prelude::*;

use super::progress::{ProgressCallback, interrupted};
use super::truth::Truth;
use crate::error::FwiError;
use crate::plan::data::problems::NoTruth;
use crate::plan::{DataSource, Plan, SimulatePlan};
use fwi::forward::transient::{KnownMedium, Simulation};
use fwi::interruption;
use fwi::waves_plan::TransientPlan;
use survey::gathers::{GatherHeader, GatherWriter};
use survey::traces::noise::add_noise;

/// Writes the data and returns `[shot, receiver, time]`. Only as many shots as there are threads are in memory.
///
/// # Errors
/// [`FwiError::Fd`]; [`FwiError::Data`].
pub(super) fn simulate(
    plan: &Plan,
    waves: &TransientPlan,
    truth: Truth,
    how: &SimulatePlan,
    path: &Path,
    tell: &mut ProgressCallback,
) -> Result<[usize; 3], FwiError> {
    let DataSource::FiniteDifferences { grid, order, refine } = how.engine else {
        return Err(FwiError::Absent { what: "an exact solution in time" });
    };
    let (sources, receivers) = (&plan.survey.sources, &plan.survey.receivers);
    let header = GatherHeader {
        survey: GatherHeader::survey(sources.clone(), receivers.clone()),
        dt: waves.interval(),
        samples: waves.samples,
        fields: waves.fields(),
        scenario: plan.data_record(),
    };
    let (velocity, parameters);
    let medium = match truth {
        Truth::Velocity(truth) => {
            velocity = truth.sample(&grid)?;
            KnownMedium::Velocity(&velocity)
        }
        Truth::Parameters(system) => {
            let missing = || plan.fault(Fault::new(KeyPath::of("data.simulate"), NoTruth));
            parameters = system.truth(&grid)?.ok_or_else(missing)?;
            KnownMedium::Parameters(&parameters)
        }
    };
    let at_a_time = rayon::current_num_threads().min(sources.len()).max(1);
    let threads = (rayon::current_num_threads() / at_a_time).max(1);
    let simulation = Simulation::new(waves, &grid, (order, refine, threads), medium)?;
    let resampling = waves.resampling(refine);
    let steps = resampling.steps();
    let folder = plan.file.parent().unwrap_or(Path::new(""));
    let emitted = waves.wavelet.as_dyn().emitted(folder, waves.step / refine as f64, steps)?;
    let one = |&shot: &usize| -> Result<Vec<f64>, FwiError> {
        let traces = simulation.record(sources[shot], receivers.of(shot), emitted.of(shot))?;
        Ok(resampling.apply(&traces))
    };
    GatherWriter::create(path, &header, Some((&waves.source, waves.step)), |out| {
        for shots in (0..sources.len()).collect::<Vec<_>>().chunks(at_a_time) {
            if interruption::interrupted() {
                return Err(interrupted("it begins anew"));
            }
            let gathers: Vec<Result<Vec<f64>, FwiError>> = shots.par_iter().map(one).collect();
            for (&shot, gather) in shots.iter().zip(gathers) {
                let mut gather = gather?;
                let (dt, seed) = (waves.interval(), [how.seed, shot as u64]);
                add_noise(&mut gather, waves.samples, dt, how.noise, Some(waves.band), seed);
                let gather: Vec<f32> = gather.into_iter().map(|v| v as f32).collect();
                out.put(shot, &gather)?;
                tell(shot + 1, sources.len());
            }
        }
        Ok::<(), FwiError>(())
    })?;
    Ok(header.shape())
}
