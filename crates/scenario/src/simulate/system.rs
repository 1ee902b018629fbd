//! Data of any system at frequencies from the true medium.

use document::{Fault, KeyPath};

use super::frequency_by_frequency::Job;
use crate::error::FwiError;
use crate::plan::data::problems::NoTruth;
use crate::plan::{DataSource, Plan, SimulatePlan};
use fwi::forward::at_frequencies::record;
use fwi::waves_plan::FrequencyPlan;

/// The simulation of the recorded fields at the frequencies of a plan.
///
/// # Errors
/// [`FwiError::Scenario`] without true parameters; [`FwiError::Data`].
pub(super) fn job<'a>(
    plan: &'a Plan,
    waves: &'a FrequencyPlan,
    how: &'a SimulatePlan,
) -> Result<Job<'a>, FwiError> {
    let DataSource::FiniteDifferences { grid, order, .. } = how.engine else {
        return Err(FwiError::Absent { what: "an exact solution of a system" });
    };
    let missing = || plan.fault(Fault::new(KeyPath::of("data.simulate"), NoTruth));
    let truth = waves.system.truth(&grid)?.ok_or_else(missing)?;
    let survey = &plan.survey;
    let one = move |frequency: f64| Ok(record(waves, (&grid, order), frequency, &truth, survey)?);
    let (frequencies, fields, record) = (&waves.frequencies, waves.system.fields.clone(), plan.data_record());
    Ok(Job { survey, record, frequencies, fields, how, one: Box::new(one) })
}
