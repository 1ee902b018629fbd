//! `fwi compare`

use super::print;
use crate::cli::CompareArgs;
use crate::compare::{compare, table};
use crate::error::FwiError;
use crate::plan::Plan;

pub(super) fn execute(args: &CompareArgs) -> Result<(), FwiError> {
    let is_scenario = args.run.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let directory = if is_scenario { Plan::from_file(&args.run)?.directory } else { args.run.clone() };
    print(&table(&compare(&directory)?))
}
