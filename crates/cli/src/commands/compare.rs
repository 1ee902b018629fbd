//! `fwi compare`

use crate::cli::CompareArgs;
use crate::output::print;
use scenario::Kind;
use scenario::error::FwiError;
use scenario::job::Job;
use studies::spine::{Summary, table};

pub(super) fn execute(args: &CompareArgs) -> Result<(), FwiError> {
    let is_scenario = args.run.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let directory =
        if is_scenario { Job::from_file(&args.run)?.directory().clone() } else { args.run.clone() };
    let summary = Summary::of_run(&directory)?;
    if summary.kind == Kind::Inversions {
        studies::compare::compare(&directory)?;
    }
    print(&table::text(&summary))
}
