//! `fwi compare`

use super::print;
use crate::cli::CompareArgs;
use crate::compare::compare;
use crate::error::FwiError;
use crate::fit;
use crate::inversion_table::text;
use crate::job::Job;
use crate::wavefields;

pub(super) fn execute(args: &CompareArgs) -> Result<(), FwiError> {
    let is_scenario = args.run.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let directory =
        if is_scenario { Job::from_file(&args.run)?.directory().clone() } else { args.run.clone() };
    // The run of a scenario of fits writes its report, because the report shows the outputs of the networks.
    let path = directory.join("summary.json");
    if path.is_file()
        && let Some(summary) = fit::outcome::FitSummaries::read(&path)?
    {
        return print(&fit::table(&summary.fits));
    }
    if path.is_file()
        && let Some(summary) = wavefields::outcome::FieldSummaries::read(&path)?
    {
        return print(&wavefields::table(&summary.wavefields));
    }
    print(&text(&compare(&directory)?))
}
