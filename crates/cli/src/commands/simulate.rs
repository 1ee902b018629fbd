//! `fwi simulate`

use std::time::Instant;

use crate::cli::SimulateArgs;
use crate::output::{print, print_notes};
use experiments::progress::ProgressState;
use scenario::error::FwiError;
use scenario::plan::Plan;
use scenario::simulate;
use studies::progress_args::ProgressArgs;
use studies::spine::progress::Line;

pub(super) fn execute(args: &SimulateArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    scenario::memory::simulation(&plan).check().map_err(|fault| plan.fault(fault))?;
    print_notes(&plan.notes);
    if let Some(file) = &args.output {
        plan.data.path = file.clone();
    }
    if plan.data.simulate.is_none() {
        return Err(FwiError::Argument {
            argument: "SCENARIO",
            found: args.scenario.display().to_string(),
            problem: "has no `data.simulate`",
            expected: "a scenario with `data.simulate`".to_owned(),
        });
    }
    if args.output.is_none() {
        simulate::check_folder(&plan)?;
    }
    fwi::interruption::begin_run();
    let mut line = Line::new("data", "data", simulate::unit(&plan), progress);
    let started = Instant::now();
    let mut tell = |done, planned| line.show(&|| ProgressState::of(done, planned, started));
    let what = simulate::simulate_to(&plan, &plan.data.path, &mut tell)?;
    drop(line);
    if progress.quiet {
        return Ok(());
    }
    print(&format!("{}: {what}\n", plan.data.path.display()))
}
