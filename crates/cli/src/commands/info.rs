//! `fwi info`

use crate::cli::InfoArgs;
use crate::output::print;
use scenario::error::FwiError;

pub(super) fn execute(args: &InfoArgs) -> Result<(), FwiError> {
    print(&studies::info::info(&args.file)?)
}
