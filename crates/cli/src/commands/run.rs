//! `fwi run`

use crate::cli::RunArgs;
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use scenario::job::Job;
use studies::campaign::Request;
use studies::progress_args::ProgressArgs;
use studies::spine::together::{self, agreed, check_same};
use studies::spine::{Options, Study, table};

pub(super) fn execute(args: &RunArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    // One rank that sees a folder is enough, so that none waits for another.
    if ranks::first_without(!studies::campaign::is_campaign(&args.scenario)).is_some() {
        return campaign(args, progress);
    }
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

/// Runs all scenarios of a folder or of families and prints what each of them says as soon as it has ended.
fn campaign(args: &RunArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    if ranks::count() > 1 {
        return Err(FwiError::Argument {
            argument: "SCENARIO",
            found: args.scenario.display().to_string(),
            problem: "ranks share the work of one scenario, not of a folder",
            expected: "a scenario file, or one process for the folder".to_owned(),
        });
    }
    if let Some(only) = &args.only {
        return Err(FwiError::Argument {
            argument: "--only",
            found: only.clone(),
            problem: "the scenarios of a folder are run as a whole",
            expected: "a scenario file instead of a folder".to_owned(),
        });
    }
    let request = Request {
        folder: args.scenario.clone(),
        output: args.output.clone(),
        resume: args.resume,
        simulate: args.simulate,
        progress,
    };
    let mut printed = Ok(());
    let finished = studies::campaign::run(&request, &mut |rows| {
        let ended = print(&format!("{}\n", studies::campaign::lines(rows)));
        printed = std::mem::replace(&mut printed, Ok(())).and(ended);
    })?;
    let (rows, report) = (&finished.rows, finished.root.join("report.html"));
    let text = format!("\n{}\nreport: {}\n", studies::campaign::text(rows), report.display());
    printed.and(print(&text)).and(finished.trouble.map_or(Ok(()), Err))
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
