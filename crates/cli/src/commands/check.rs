//! `fwi check`

use crate::cli::CheckArgs;
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use scenario::job::Job;

pub(super) fn execute(args: &CheckArgs) -> Result<(), FwiError> {
    let job = Job::from_file(&args.scenario)?;
    print_notes(job.notes());
    job.check_data()?;
    if args.explain {
        return print(&job.explain()?);
    }
    print(&format!("{}: valid, {}; --explain describes it\n", args.scenario.display(), job.parts()))
}
