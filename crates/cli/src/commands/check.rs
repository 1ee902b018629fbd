//! `fwi check`

use crate::cli::CheckArgs;
use crate::output::{print, print_notes};
use scenario::error::FwiError;
use scenario::job::Job;
use studies::inversions::starting_fit;

pub(super) fn execute(args: &CheckArgs) -> Result<(), FwiError> {
    if !studies::campaign::is_campaign(&args.scenario) {
        return check(args, &args.scenario.display().to_string(), &Job::from_file(&args.scenario)?);
    }
    let mut first = None;
    for case in studies::campaign::cases(&args.scenario)? {
        let of_case = || check(args, &case.title(), &case.job()?);
        if let Err(error) = of_case() {
            match first {
                None => first = Some(error),
                Some(_) => machine::say!("error: {}", error.to_string().trim_end()),
            }
        }
    }
    first.map_or(Ok(()), Err)
}

/// One scenario.
fn check(args: &CheckArgs, title: &str, job: &Job) -> Result<(), FwiError> {
    print_notes(job.notes());
    job.check_data()?;
    if args.explain {
        print(&job.explain()?)?;
    }
    if let Some(ranks) = args.ranks {
        let Job::Inversions(plan) = job else {
            return Err(without_inversions("--ranks", title));
        };
        print(&scenario::explain::ranks(plan, ranks as usize)?)?;
    }
    if args.data {
        let Job::Inversions(plan) = job else {
            return Err(without_inversions("--data", title));
        };
        print(&starting_fit::describe(plan)?)?;
    }
    if args.explain || args.data {
        return Ok(());
    }
    print(&format!("{title}: valid, {}; --explain describes it\n", job.parts()))
}

fn without_inversions(argument: &'static str, title: &str) -> FwiError {
    let (found, expected) = (title.to_owned(), "a scenario of inversions".to_owned());
    FwiError::Argument { argument, found, problem: "has no inversions", expected }
}
