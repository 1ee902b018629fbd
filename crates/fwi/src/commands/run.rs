//! `fwi run`

use crate::cli::{ProgressArgs, RunArgs};
use crate::compare::table;
use crate::error::FwiError;
use crate::outcome::Comparison;
use crate::plan::Plan;
use crate::summary::Status;

pub(super) fn execute(args: &RunArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    if let Some(directory) = &args.output {
        plan.directory = directory.clone();
    }
    plan.prepare_directory()?;
    let comparison = crate::run::run(&plan, progress)?;
    report(&plan, &comparison)
}

/// Prints the table and where the report is; a diverged inversion makes the command fail after all others have run.
pub(super) fn report(plan: &Plan, comparison: &Comparison) -> Result<(), FwiError> {
    super::print(&table(comparison))?;
    super::print(&format!("\nreport: {}\n", plan.directory.join("report.html").display()))?;
    match comparison.outcomes.iter().find(|outcome| outcome.status == Status::Diverged) {
        Some(outcome) => Err(FwiError::Diverged { inversion: outcome.name.clone() }),
        None => Ok(()),
    }
}
