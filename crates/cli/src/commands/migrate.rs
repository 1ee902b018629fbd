//! `fwi migrate`

use crate::cli::MigrateArgs;
use crate::output::print;
use scenario::error::FwiError;
use studies::finished_model::Wanted;
use studies::migration::{Request, migrate};
use studies::progress_args::ProgressArgs;

pub(super) fn execute(args: &MigrateArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let request = Request {
        scenario: args.scenario.clone(),
        inversion: args.inversion.clone(),
        model: wanted(args.model.as_deref(), args.start),
        smoothing: args.smooth,
        gathers: args.gathers.clone(),
        classes: usize::from(args.offset_classes),
        folder: args.output.clone(),
        command: format!("fwi migrate {}", args.scenario.display()),
    };
    let finished = migrate(&request, progress)?;
    if progress.quiet { Ok(()) } else { print(&finished.text()) }
}

/// The model that the arguments mean.
pub(super) fn wanted(model: Option<&std::path::Path>, start: bool) -> Wanted {
    match model {
        Some(path) => Wanted::File(path.to_owned()),
        None if start => Wanted::Start,
        None => Wanted::Found,
    }
}
