//! Receiver data, to which fields can be fitted and with which they are compared.

use std::time::Instant;

use num_complex::Complex64;

use crate::spine::Options;
use crate::spine::progress::Line;
use experiments::progress::ProgressState;
use experiments::wavefields::{Fields, WavefieldProblem};
use fwi::metrics::relative_l2;
use scenario::error::FwiError;
use scenario::plan::WavefieldsPlan;
use scenario::plan::wavefields::RecordedPlan;
use scenario::simulate::simulate_at_frequencies;

/// The problem of a plan with its receiver data; missing data are simulated first.
///
/// # Errors
/// [`FwiError::Scenario`] for a file with other data; [`FwiError::Fd`] and [`FwiError::Data`] if they cannot be
/// simulated or written.
pub(crate) fn with_data(plan: &WavefieldsPlan, options: &Options) -> Result<WavefieldProblem, FwiError> {
    let mut problem = plan.problem.clone();
    let Some(recorded) = &plan.recorded else { return Ok(problem) };
    let path = &recorded.data.path;
    if let Some(how) = recorded.data.simulate.as_ref().filter(|_| options.simulate || !path.exists()) {
        let mut line = Line::new("data", "data", "frequency", options.progress);
        let started = Instant::now();
        let mut tell = |done, planned| line.show(&|| ProgressState::of(done, planned, started));
        let from = (&problem.survey, plan.data_record());
        simulate_at_frequencies(from, &recorded.waves, &problem.velocity, how, path, &mut tell)?;
        drop(line);
        if !options.progress.quiet {
            machine::say!("data: simulated, {}", path.display());
        }
    }
    plan.check_data()?;
    problem.recorded = Some(read(plan, recorded)?);
    Ok(problem)
}

fn read(plan: &WavefieldsPlan, recorded: &RecordedPlan) -> Result<Fields, FwiError> {
    let data = recorded.read(&plan.problem.survey).map_err(|fault| plan.fault(fault))?;
    let receivers = data.survey.receivers.count();
    Ok(data.gathers(0).chunks_exact(receivers).map(<[Complex64]>::to_vec).collect())
}

/// The misfit of fields at the receivers, relative to the recorded data.
pub(crate) fn misfit(problem: &WavefieldProblem, at_receivers: &Fields) -> Option<f64> {
    relative_l2(&at_receivers.concat(), &problem.recorded.as_ref()?.concat())
}
