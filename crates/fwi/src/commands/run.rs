//! `fwi run`

use crate::cli::{ProgressArgs, RunArgs};
use crate::error::FwiError;
use crate::plan::Plan;

pub(super) fn execute(args: &RunArgs, _progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    if let Some(directory) = &args.output {
        plan.directory = directory.clone();
    }
    plan.prepare_directory()?;
    // todo: crate::run::run(&plan, progress)
    Err(FwiError::Absent { what: "`fwi run`" })
}
