//! `fwi info`

use super::print::print;
use crate::cli::InfoArgs;
use scenario::error::FwiError;

pub(super) fn execute(args: &InfoArgs) -> Result<(), FwiError> {
    print(&studies::info::info(&args.file)?)
}
