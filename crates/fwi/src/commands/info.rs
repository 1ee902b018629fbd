//! `fwi info`

use super::print;
use crate::cli::InfoArgs;
use crate::error::FwiError;

pub(super) fn execute(args: &InfoArgs) -> Result<(), FwiError> {
    print(&crate::info::info(&args.file)?)
}
