//! Receiver data from the true model. One file per equation in `simulate/`.

use std::path::Path;

use document::{Fault, KeyPath};

use crate::agreed::agreed;
use crate::error::FwiError;
use crate::plan::data::problems::UnwritableFolder;
use crate::plan::{Plan, SimulatePlan};
use fwi::waves_plan::WavesPlan;
use survey::data_error::DataError;
use survey::dataset::Dataset;

mod frequency_by_frequency;
mod helmholtz;
mod progress;
mod rounds;
mod system;
mod transient;
mod truth;

use frequency_by_frequency::Job;
use truth::{Truth, no_truth};

pub use helmholtz::exact;
pub use helmholtz::simulate_to as simulate_at_frequencies;
pub use progress::ProgressCallback;

/// The unit that a simulation counts.
#[must_use]
pub fn unit(plan: &Plan) -> &'static str {
    match plan.waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => "frequency",
        WavesPlan::Transient(_) => "shot",
    }
}

/// Checks that `data.file` can be written, before hours are spent on it.
///
/// # Errors
/// [`FwiError::Scenario`] if its folder cannot be written.
pub fn check_folder(plan: &Plan) -> Result<(), FwiError> {
    match survey::atomic::check_writable(folder_of(&plan.data.path)) {
        Err(DataError::Unwritable { source, .. }) => {
            Err(plan.fault(Fault::new(KeyPath::of("data.file"), UnwritableFolder { source })))
        }
        other => Ok(other?),
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the data of the plan's survey with the requested noise, and returns a description.
///
/// # Errors
/// [`FwiError::Scenario`] when there is no true model or no `data.simulate`; [`FwiError::Fd`]; [`FwiError::Data`];
/// [`FwiError::Interrupted`].
pub fn simulate_to(plan: &Plan, path: &Path, tell: &mut ProgressCallback) -> Result<String, FwiError> {
    let ready = needed(plan).and_then(|needed| {
        survey::atomic::check_writable(folder_of(path))?;
        Ok(needed)
    });
    let (truth, how) = agreed(ready)?;
    match &plan.waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
            let data = agreed(at_frequencies(plan, truth, how))?.write(ranks::world(), path, tell)?;
            let [frequencies, shots, receivers] = data.shape();
            Ok(format!("{frequencies} frequencies, {shots} shots, {receivers} receivers"))
        }
        WavesPlan::Transient(waves) => {
            let [shots, receivers, samples] = transient::simulate(plan, waves, truth, how, Some(path), tell)?;
            Ok(format!("{shots} shots, {receivers} receivers, {samples} samples"))
        }
    }
}

/// The simulation of a plan at frequencies.
fn at_frequencies<'a>(plan: &'a Plan, truth: Truth<'a>, how: &'a SimulatePlan) -> Result<Job<'a>, FwiError> {
    match &plan.waves {
        WavesPlan::Helmholtz(waves) => {
            Ok(helmholtz::job((&plan.survey, plan.data_record()), waves, truth.velocity(plan)?, how))
        }
        WavesPlan::AtFrequencies(waves) => system::job(plan, waves, how),
        WavesPlan::Transient(_) => {
            Err(FwiError::Absent { what: "data at frequencies of an equation in time" })
        }
    }
}

/// Computes some of the shots or frequencies that rank 0 writes, while it calls [`simulate_to`].
///
/// # Errors
/// As [`simulate_to`].
pub fn help(plan: &Plan) -> Result<(), FwiError> {
    let (truth, how) = agreed(needed(plan))?;
    match &plan.waves {
        WavesPlan::Helmholtz(_) | WavesPlan::AtFrequencies(_) => {
            agreed(at_frequencies(plan, truth, how))?.help()
        }
        WavesPlan::Transient(waves) => {
            transient::simulate(plan, waves, truth, how, None, &mut |_, _| {}).map(drop)
        }
    }
}

/// Data at frequencies, in memory.
///
/// # Errors
/// As [`simulate_to`], and [`FwiError::Absent`] for an equation in time.
pub fn simulate(plan: &Plan) -> Result<Dataset, FwiError> {
    let (truth, how) = needed(plan)?;
    at_frequencies(plan, truth, how)?.in_memory()
}

fn needed(plan: &Plan) -> Result<(Truth<'_>, &SimulatePlan), FwiError> {
    let truth = match plan.system() {
        Some(system) => Truth::Parameters(system),
        None => Truth::Velocity(plan.truth.as_ref().ok_or_else(|| no_truth(plan))?),
    };
    Ok((truth, plan.data.simulate.as_ref().ok_or_else(|| no_truth(plan))?))
}
