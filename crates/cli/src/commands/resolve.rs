//! `fwi resolve`

use crate::cli::ResolveArgs;
use crate::output::print;
use scenario::error::FwiError;
use studies::progress_args::ProgressArgs;
use studies::resolution::{Pattern, Request, resolve};

pub(super) fn execute(args: &ResolveArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let request = Request {
        scenario: args.of.scenario.clone(),
        inversion: args.of.inversion.clone(),
        model: args.of.wanted(),
        pattern: match args.checkerboard {
            Some(length) => Pattern::Checkerboard(length),
            None => Pattern::Spikes(args.spike.clone(), args.width),
        },
        amplitude: args.amplitude,
        noise: args.noise,
        folder: args.output.clone(),
        resume: args.resume,
    };
    let finished = resolve(&request, progress)?;
    if progress.quiet { Ok(()) } else { print(&finished.text()) }
}
