//! `fwi simulate`

use crate::cli::{ProgressArgs, SimulateArgs};
use crate::error::FwiError;
use crate::plan::Plan;

pub(super) fn execute(args: &SimulateArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let mut plan = Plan::from_file(&args.scenario)?;
    if let Some(file) = &args.output {
        plan.data.path = file.clone();
    }
    if plan.data.simulate.is_none() {
        return Err(FwiError::Argument {
            argument: "SCENARIO",
            found: args.scenario.display().to_string(),
            problem: "has no `data.simulate`",
            expected: "a scenario that says how its data are made".to_owned(),
        });
    }
    let data = crate::simulate::simulate(&plan)?;
    data.write(&plan.data.path)?;
    let [frequencies, shots, receivers] = data.shape();
    if progress.quiet {
        return Ok(());
    }
    let path = plan.data.path.display();
    super::print(&format!("{path}: {frequencies} frequencies, {shots} shots, {receivers} receivers\n"))
}
