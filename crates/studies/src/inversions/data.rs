//! The observed data of inversions: read, or simulated first.

use std::time::Instant;

use document::{Fault, KeyPath};

use crate::spine::Options;
use crate::spine::progress::Line;
use crate::spine::together::call_to_simulate;
use experiments::progress::ProgressState;
use scenario::error::FwiError;
use scenario::plan::Plan;
use scenario::simulate;
use survey::observed::Observed;

/// The data of a plan. The command `run` simulates missing data. Existing data are checked against the plan.
///
/// # Errors
/// [`FwiError::Scenario`] for a file that is missing or contains other data; the errors of a simulation.
pub(crate) fn data(plan: &Plan, options: &Options) -> Result<Observed, FwiError> {
    let path = &plan.data.path;
    let missing = !path.exists() && options.command == "run";
    if plan.data.simulate.is_some() && (missing || options.simulate) {
        simulate::check_folder(plan)?;
        let mut line = Line::new("data", "data", simulate::unit(plan), options.progress);
        let started = Instant::now();
        if ranks::count() > 1 {
            call_to_simulate();
        }
        simulate::simulate_to(plan, path, &mut |done, planned| {
            line.show(&|| ProgressState::of(done, planned, started));
        })?;
        drop(line);
        if !options.progress.quiet {
            machine::say!("data: simulated, {}", path.display());
        }
    }
    existing(plan)
}

/// The data of a plan that are there.
///
/// # Errors
/// [`FwiError::Scenario`] for a file that is missing or contains other data.
pub(super) fn existing(plan: &Plan) -> Result<Observed, FwiError> {
    let path = &plan.data.path;
    let missing = || {
        let missing = scenario::plan::data::missing(path, plan.data.simulate.is_some());
        plan.fault(Fault::new(KeyPath::of("data.file"), missing))
    };
    plan.observed()?.ok_or_else(missing)
}
