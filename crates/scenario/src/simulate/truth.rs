//! The medium that data are simulated in.

use document::{Fault, KeyPath};

use crate::error::FwiError;
use crate::plan::Plan;
use crate::plan::data::problems::NoTruth;
use fwi::waves_plan::SystemPlan;
use survey::model_source::ModelSource;

/// The medium that data are simulated in.
#[derive(Clone, Copy)]
pub(super) enum Truth<'a> {
    /// Its velocity.
    Velocity(&'a ModelSource),
    /// All parameters of a system.
    Parameters(&'a SystemPlan),
}

impl<'a> Truth<'a> {
    /// The velocity, for equations that have nothing else.
    pub(super) fn velocity(self, plan: &Plan) -> Result<&'a ModelSource, FwiError> {
        match self {
            Truth::Velocity(velocity) => Ok(velocity),
            Truth::Parameters(_) => Err(no_truth(plan)),
        }
    }
}

/// The error of a plan without a true model.
pub(super) fn no_truth(plan: &Plan) -> FwiError {
    plan.fault(Fault::new(KeyPath::of("model"), NoTruth))
}
