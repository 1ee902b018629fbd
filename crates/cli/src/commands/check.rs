//! `fwi check`

use super::print::print;
use crate::cli::CheckArgs;
use scenario::error::FwiError;
use scenario::job::Job;

pub(super) fn execute(args: &CheckArgs) -> Result<(), FwiError> {
    let job = Job::from_file(&args.scenario)?;
    super::print::print_notes(job.notes());
    job.check_data()?;
    if args.explain {
        return print(&job.explain()?);
    }
    print(&format!("{}: valid, {}; --explain describes it\n", args.scenario.display(), job.parts()))
}
