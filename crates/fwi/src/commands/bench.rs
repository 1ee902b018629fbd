//! `fwi bench`

use crate::cli::{BenchArgs, ProgressArgs};
use crate::error::FwiError;

pub(super) fn execute(args: &BenchArgs, _progress: ProgressArgs) -> Result<(), FwiError> {
    // todo: crate::bench::bench(args.case.as_deref(), args.json, args.threads)
    let _ = args;
    Err(FwiError::Absent { what: "`fwi bench`" })
}
