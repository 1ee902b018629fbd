//! The `fwi` command.

use std::process::ExitCode;

use clap::Parser;
use fwi::cli::Cli;

fn main() -> ExitCode {
    match fwi::commands::execute(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.to_string().trim_end());
            ExitCode::from(error.exit_code())
        }
    }
}
