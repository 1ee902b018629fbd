//! `fwi run`

use std::path::Path;

use crate::cli::{ProgressArgs, RunArgs};
use crate::error::FwiError;
use crate::inversion_table::text as table;
use crate::job::Job;
use crate::outcome::Comparison;
use crate::plan::{EvolutionsPlan, FitPlan, Plan, WavefieldsPlan, origin};
use crate::summary::Status;

pub(super) fn execute(args: &RunArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut job = Job::from_file(&args.scenario)?;
    if let Some(directory) = &args.output {
        job.directory().clone_from(directory);
    }
    origin::prepare(job.directory())?;
    match job {
        Job::Inversions(plan) => report(&plan, &crate::run::run(&plan, args.resume, progress)?),
        Job::Fits(plan) => fits(&plan, args.resume, progress),
        Job::Evolutions(plan) => evolutions(&plan, args.resume, progress),
        Job::Wavefields(plan) => wavefields(&plan, args.resume, progress),
        Job::Statistics(plan) => {
            let summary = crate::statistics::run::run(&plan, progress)?;
            super::print(&crate::statistics::table(&summary.activations))?;
            said(&plan.origin.directory)
        }
    }
}

/// Runs the fits and prints their table; a diverged one makes the command fail after all others have run.
fn fits(plan: &FitPlan, resume: bool, progress: ProgressArgs) -> Result<(), FwiError> {
    let summary = crate::fit::run::run(plan, resume, progress)?.summary();
    super::print(&crate::fit::table(&summary.fits))?;
    said(&plan.origin.directory)?;
    match summary.fits.iter().find(|fit| fit.status == Status::Diverged) {
        Some(fit) => Err(FwiError::Diverged { what: "fit", name: fit.name.clone() }),
        None => Ok(()),
    }
}

/// Computes the waves in time and prints their table; a diverged one makes the command fail after all others have run.
fn evolutions(plan: &EvolutionsPlan, resume: bool, progress: ProgressArgs) -> Result<(), FwiError> {
    let fields = crate::evolutions::run::run(plan, resume, progress)?.summaries();
    super::print(&crate::wavefields::table(&fields))?;
    super::print(&format!("\nreport: {}\n", plan.origin.directory.join("report.html").display()))?;
    match fields.iter().find(|field| field.status == Status::Diverged) {
        Some(field) => Err(FwiError::Diverged { what: "evolution", name: field.name.clone() }),
        None => Ok(()),
    }
}

/// Computes the wavefields and prints their table; a diverged one makes the command fail after all others have run.
fn wavefields(plan: &WavefieldsPlan, resume: bool, progress: ProgressArgs) -> Result<(), FwiError> {
    let fields = crate::wavefields::run::run(plan, resume, progress)?.summaries();
    super::print(&crate::wavefields::table(&fields))?;
    super::print(&format!("\nreport: {}\n", plan.origin.directory.join("report.html").display()))?;
    match fields.iter().find(|field| field.status == Status::Diverged) {
        Some(field) => Err(FwiError::Diverged { what: "wavefield", name: field.name.clone() }),
        None => Ok(()),
    }
}

/// Prints the table and the path of the report; a diverged inversion makes the command fail after all others have
/// run.
pub(super) fn report(plan: &Plan, comparison: &Comparison) -> Result<(), FwiError> {
    super::print(&table(comparison))?;
    said(&plan.directory)?;
    match comparison.outcomes.iter().find(|outcome| outcome.status == Status::Diverged) {
        Some(outcome) => Err(FwiError::Diverged { what: "inversion", name: outcome.name.clone() }),
        None => Ok(()),
    }
}

/// Prints the path of the report.
fn said(directory: &Path) -> Result<(), FwiError> {
    super::print(&format!("\nreport: {}\n", directory.join("report.html").display()))
}
