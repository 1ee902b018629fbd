//! What receivers recorded, for fields to be fitted to and compared with.

use num_complex::Complex64;

use super::{Fields, WavefieldProblem};
use crate::error::FwiError;
use crate::metrics::relative_l2;
use crate::plan::WavefieldsPlan;
use crate::plan::wavefields::RecordedPlan;
use crate::simulate::simulate_at_frequencies;

/// The problem of a plan with what its receivers recorded; data that are missing are simulated first.
///
/// # Errors
/// [`FwiError::Scenario`] for a file that holds other data; [`FwiError::Fd`] and [`FwiError::Data`] when they cannot be
/// simulated or written.
pub(super) fn with_data(plan: &WavefieldsPlan, quiet: bool) -> Result<WavefieldProblem, FwiError> {
    let mut problem = plan.problem.clone();
    let Some(recorded) = &plan.recorded else { return Ok(problem) };
    let path = &recorded.data.path;
    if let Some(how) = recorded.data.simulate.as_ref().filter(|_| !path.exists()) {
        let from = (&problem.survey, plan.origin.text.as_str());
        simulate_at_frequencies(from, &recorded.waves, &problem.velocity, how)?.write(path)?;
        if !quiet {
            eprintln!("data: simulated, {}", path.display());
        }
    }
    problem.recorded = Some(read(plan, recorded)?);
    Ok(problem)
}

fn read(plan: &WavefieldsPlan, recorded: &RecordedPlan) -> Result<Fields, FwiError> {
    let data = recorded.read(&plan.problem.survey).map_err(|fault| plan.fault(fault))?;
    let receivers = data.survey.receivers.count();
    Ok(data.gathers(0).chunks_exact(receivers).map(<[Complex64]>::to_vec).collect())
}

/// How far fields at the receivers are from what was recorded, relative to that.
pub(super) fn misfit(problem: &WavefieldProblem, at_receivers: &Fields) -> Option<f64> {
    relative_l2(&at_receivers.concat(), &problem.recorded.as_ref()?.concat())
}
