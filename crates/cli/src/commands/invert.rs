//! `fwi invert`

use crate::cli::InvertArgs;
use crate::output::print_notes;
use scenario::error::FwiError;
use scenario::plan::Plan;
use studies::inversions::Inversions;
use studies::progress_args::ProgressArgs;
use studies::spine::Options;
use studies::spine::together::agreed;

pub(super) fn execute(args: &InvertArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let plan = Plan::from_file(&args.scenario);
    let mut plan = agreed(plan.and_then(|plan| {
        scenario::memory::inversions(&plan).check().map_err(|fault| plan.fault(fault))?;
        Ok(plan)
    }))?;
    print_notes(&plan.notes);
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
