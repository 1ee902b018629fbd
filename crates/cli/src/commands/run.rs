//! `fwi run`

use crate::cli::RunArgs;
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use scenario::job::Job;
use studies::progress_args::ProgressArgs;
use studies::spine::together::{self, agreed, check_same};
use studies::spine::{Options, Study, table};

pub(super) fn execute(args: &RunArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut job = agreed(Job::from_file(&args.scenario))?;
    print_notes(job.notes());
    if let Some(directory) = &args.output {
        job.directory().clone_from(directory);
    }
    let options = Options {
        command: "run",
        resume: args.resume,
        only: args.only.clone(),
        simulate: args.simulate,
        progress,
    };
    run(&mut *studies::kinds::study(&job), &options)
}

/// Runs a study, prints its table and says where the report is; members that failed make the command fail after all others
/// have run.
pub(super) fn run(study: &mut dyn Study, options: &Options) -> Result<(), FwiError> {
    check_same(&format!("{} {}", env!("CARGO_PKG_VERSION"), study.scenario()))?;
    if !ranks::leads() {
        together::follow(study);
        return Ok(());
    }
    let finished = studies::spine::run(study, options)?;
    let report = study.origin().directory.join("report.html");
    let table = table::text(&finished.summary);
    let printed = print(&format!("{table}\nreport: {}\n", report.display()));
    finished.trouble.map_or(printed, Err)
}
