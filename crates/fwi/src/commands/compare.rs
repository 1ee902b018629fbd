//! `fwi compare`

use super::print;
use crate::cli::CompareArgs;
use crate::compare::{compare, table};
use crate::error::FwiError;
use crate::fit;
use crate::job::Job;

pub(super) fn execute(args: &CompareArgs) -> Result<(), FwiError> {
    let is_scenario = args.run.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let directory =
        if is_scenario { Job::from_file(&args.run)?.directory().clone() } else { args.run.clone() };
    // The report of fits is written by their run: it shows what the networks give.
    let summary = directory.join("summary.json");
    if summary.is_file()
        && let Some(summary) = fit::outcome::FitSummaries::read(&summary)?
    {
        return print(&fit::table(&summary.fits));
    }
    print(&table(&compare(&directory)?))
}
