//! `fwi schema`

use crate::cli::SchemaArgs;
use crate::output::print;
use scenario::error::FwiError;
use scenario::reference;

pub(super) fn execute(args: &SchemaArgs) -> Result<(), FwiError> {
    if args.markdown { print(&reference::markdown()) } else { print(&(reference::json_schema() + "\n")) }
}
