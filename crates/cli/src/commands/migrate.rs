//! `fwi migrate`

use crate::cli::MigrateArgs;
use crate::output::print;
use scenario::error::FwiError;
use studies::migration::{Request, migrate};
use studies::progress_args::ProgressArgs;

pub(super) fn execute(args: &MigrateArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let request = Request {
        scenario: args.of.scenario.clone(),
        inversion: args.of.inversion.clone(),
        model: args.of.wanted(),
        smoothing: args.smooth,
        gathers: args.gathers.clone(),
        classes: usize::from(args.offset_classes),
        folder: args.output.clone(),
        command: format!("fwi migrate {}", args.of.scenario.display()),
    };
    let finished = migrate(&request, progress)?;
    if progress.quiet { Ok(()) } else { print(&finished.text()) }
}
