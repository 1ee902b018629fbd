//! A well, as a comparison shows it.

use serde::{Deserialize, Serialize};

use scenario::plan::WellPlan;
use survey::well_log::Log;

/// A vertical well, as a comparison shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Well {
    /// Its name.
    pub name: String,
    /// Where it is: x, and in a volume y, in m.
    pub place: Vec<f64>,
    /// The velocities that were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
}

impl From<&WellPlan> for Well {
    fn from(plan: &WellPlan) -> Self {
        Self { name: plan.name.clone(), place: plan.place.clone(), log: plan.log.clone() }
    }
}
