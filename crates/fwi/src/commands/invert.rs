//! `fwi invert`

use crate::cli::{InvertArgs, ProgressArgs};
use crate::error::FwiError;
use crate::plan::Plan;

pub(super) fn execute(args: &InvertArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    super::print_notes(&plan.notes);
    if let Some(name) = &args.only {
        let chosen = plan.inversion(name)?.clone();
        plan.inversions = vec![chosen];
    }
    if let Some(directory) = &args.output {
        plan.directory = directory.clone();
    }
    plan.prepare_directory()?;
    let comparison = crate::run::invert(&plan, args.resume, progress)?;
    super::run::report(&plan, &comparison)
}
