//! The commands, one file each: from arguments to the library and the printed output.

mod bench;
mod calibrate;
mod check;
mod compare;
mod completions;
mod export;
mod fit;
mod import;
mod info;
mod init;
mod invert;
mod man;
mod migrate;
mod resolve;
mod run;
mod schema;
mod simulate;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use scenario::error::FwiError;

/// The whole program: runs the command line, prints its error to standard error, and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let launched = ranks::launched().filter(|launched| launched.count > 1);
    let together = cli.command.is_for_all_ranks();
    // A program that runs alone needs no other ranks, and joining takes time.
    let _joined = launched.filter(|_| together).map(|_| join_ranks());
    fwi::interruption::listen();
    let done = match launched {
        Some(ranks::Launched { count, rank }) if !ranks::AVAILABLE => {
            if rank > 0 {
                return ExitCode::from(2);
            }
            Err(FwiError::WithoutMpi { count })
        }
        // Of the others, one does the work.
        Some(ranks::Launched { rank: 1.., .. }) if !together => Ok(()),
        _ => execute(cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Errors of several ranks are said by rank 0.
            if ranks::leads() {
                machine::say!("error: {}", error.to_string().trim_end());
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Joins the other ranks. One that panics ends them all: they would wait for it.
fn join_ranks() -> ranks::Joined {
    let joined = ranks::join();
    if ranks::count() > 1 {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |information| {
            let rank = ranks::rank();
            let work =
                ranks::work_of(rank).map_or_else(String::new, |work| format!(" while it computed {work}"));
            machine::say!("{} of {} panicked{work}", ranks::name(rank), ranks::count());
            usual(information);
            ranks::world().abort(101);
        }));
    }
    joined
}

/// Runs the command line.
///
/// # Errors
/// The error that ended the command; [`FwiError::exit_code`] is its exit code.
pub fn execute(cli: Cli) -> Result<(), FwiError> {
    if let Some(bytes) = cli.memory {
        machine::memory::limit_to(bytes);
    }
    let progress = cli.progress;
    match cli.command {
        Command::Init(args) => init::execute(&args),
        Command::Run(args) => run::execute(&args, progress),
        Command::Check(args) => check::execute(&args),
        Command::Calibrate(args) => calibrate::execute(&args, progress),
        Command::Simulate(args) => simulate::execute(&args, progress),
        Command::Invert(args) => invert::execute(&args, progress),
        Command::Migrate(args) => migrate::execute(&args, progress),
        Command::Resolve(args) => resolve::execute(&args, progress),
        Command::Compare(args) => compare::execute(&args),
        Command::Export(args) => export::execute(&args, progress),
        Command::Fit(args) => fit::execute(&args, progress),
        Command::Import(args) => import::execute(&args, progress),
        Command::Info(args) => info::execute(&args),
        Command::Schema(args) => schema::execute(&args),
        Command::Completions(args) => completions::execute(&args),
        Command::Man(args) => man::execute(&args),
        Command::Bench(args) => bench::execute(&args, progress),
    }
}
