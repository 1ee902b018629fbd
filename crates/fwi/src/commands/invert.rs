//! `fwi invert`

use crate::cli::{InvertArgs, ProgressArgs};
use crate::error::FwiError;
use crate::plan::Plan;
use crate::studies::Options;
use crate::studies::inversions::Inversions;

pub(super) fn execute(args: &InvertArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    if let Some(directory) = &args.output {
        plan.directory.clone_from(directory);
    }
    let options = Options {
        command: "invert",
        resume: args.resume,
        only: args.only.clone(),
        simulate: false,
        progress,
    };
    super::run::run(&mut Inversions::new(&plan), &options)
}
