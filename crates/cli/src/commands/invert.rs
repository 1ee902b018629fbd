//! `fwi invert`

use crate::cli::InvertArgs;
use crate::output::print_notes;
use scenario::error::FwiError;
use scenario::plan::Plan;
use studies::inversions::Inversions;
use studies::progress_args::ProgressArgs;
use studies::spine::Options;

pub(super) fn execute(args: &InvertArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    scenario::memory::inversions(&plan).check().map_err(|fault| plan.fault(fault))?;
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
