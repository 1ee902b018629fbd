//! `fwi check`

use super::print;
use crate::cli::CheckArgs;
use crate::error::FwiError;
use crate::explain::explain;
use crate::plan::Plan;

pub(super) fn execute(args: &CheckArgs) -> Result<(), FwiError> {
    let plan = Plan::from_file(&args.scenario)?;
    if args.explain {
        return print(&explain(&plan)?);
    }
    let inversions = match plan.inversions.len() {
        1 => "1 inversion".to_owned(),
        n => format!("{n} inversions"),
    };
    print(&format!("{}: good, {inversions}; --explain says what it will do\n", args.scenario.display()))
}
