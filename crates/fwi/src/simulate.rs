//! Receiver data from the true model. One file per equation in `simulate/`.

use std::path::Path;

use document::{Fault, KeyPath};

use crate::dataset::Dataset;
use crate::error::FwiError;
use crate::plan::data::problems::NoTruth;
use crate::plan::{ModelSource, Plan, SimulatePlan};
use crate::waves_plan::WavesPlan;

mod acoustic;
mod helmholtz;

pub use helmholtz::exact;
pub(crate) use helmholtz::simulate as simulate_at_frequencies;

/// Writes the data of the plan's survey, with the noise it asks for, and says in words what they are.
///
/// # Errors
/// [`FwiError::Scenario`] when there is no true model or no `data.simulate`; [`FwiError::Fd`]; [`FwiError::Data`].
pub fn simulate_to(plan: &Plan, path: &Path) -> Result<String, FwiError> {
    let (truth, how) = needed(plan)?;
    match &plan.waves {
        WavesPlan::Helmholtz(waves) => {
            let data = helmholtz::simulate((&plan.survey, &plan.text), waves, truth, how)?;
            data.write(path)?;
            let [frequencies, shots, receivers] = data.shape();
            Ok(format!("{frequencies} frequencies, {shots} shots, {receivers} receivers"))
        }
        WavesPlan::Acoustic(waves) => {
            let [shots, receivers, samples] = acoustic::simulate(plan, waves, truth, how, path)?;
            Ok(format!("{shots} shots, {receivers} receivers, {samples} samples"))
        }
    }
}

/// Data at frequencies, in memory.
///
/// # Errors
/// As [`simulate_to`], and [`FwiError::Absent`] for an equation in time.
pub fn simulate(plan: &Plan) -> Result<Dataset, FwiError> {
    let (truth, how) = needed(plan)?;
    match plan.waves.helmholtz() {
        Some(waves) => helmholtz::simulate((&plan.survey, &plan.text), waves, truth, how),
        None => Err(FwiError::Absent { what: "data at frequencies of an equation in time" }),
    }
}

fn needed(plan: &Plan) -> Result<(&ModelSource, &SimulatePlan), FwiError> {
    let missing = || plan.fault(Fault::new(KeyPath::of("model"), NoTruth));
    let truth = plan.truth.as_ref().ok_or_else(missing)?;
    Ok((truth, plan.data.simulate.as_ref().ok_or_else(missing)?))
}
