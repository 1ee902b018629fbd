//! `fwi completions`

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};
use crate::output::print;
use scenario::error::FwiError;

pub(super) fn execute(args: &CompletionsArgs) -> Result<(), FwiError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "fwi", &mut script);
    print(&String::from_utf8_lossy(&script))
}
