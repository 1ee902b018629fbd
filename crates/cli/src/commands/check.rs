//! `fwi check`

use crate::cli::CheckArgs;
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use scenario::job::Job;
use studies::inversions::starting_fit;

pub(super) fn execute(args: &CheckArgs) -> Result<(), FwiError> {
    if !args.scenario.is_dir() {
        return check(args);
    }
    let mut first = None;
    for scenario in studies::campaign::scenarios(&args.scenario)? {
        if let Err(error) = check(&CheckArgs { scenario, ..args.clone() }) {
            match first {
                None => first = Some(error),
                Some(_) => machine::say!("error: {}", error.to_string().trim_end()),
            }
        }
    }
    first.map_or(Ok(()), Err)
}

/// One scenario.
fn check(args: &CheckArgs) -> Result<(), FwiError> {
    let job = Job::from_file(&args.scenario)?;
    print_notes(job.notes());
    job.check_data()?;
    if args.explain {
        print(&job.explain()?)?;
    }
    if let Some(ranks) = args.ranks {
        let Job::Inversions(plan) = &job else {
            return Err(without_inversions("--ranks", args));
        };
        print(&scenario::explain::ranks(plan, ranks as usize)?)?;
    }
    if args.data {
        let Job::Inversions(plan) = &job else {
            return Err(without_inversions("--data", args));
        };
        print(&starting_fit::describe(plan)?)?;
    }
    if args.explain || args.data {
        return Ok(());
    }
    print(&format!("{}: valid, {}; --explain describes it\n", args.scenario.display(), job.parts()))
}

fn without_inversions(argument: &'static str, args: &CheckArgs) -> FwiError {
    let (found, expected) = (args.scenario.display().to_string(), "a scenario of inversions".to_owned());
    FwiError::Argument { argument, found, problem: "has no inversions", expected }
}
