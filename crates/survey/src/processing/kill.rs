//! Traces that are left out.

use document::{CheckSettings, Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProcessingStep, Selection};

/// Leaves traces out of the misfit: noisy or clipped ones, or those of a bad receiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Kill(pub Selection);

impl CheckSettings for Kill {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.0.check(at)
    }
}

impl ProcessingStep for Kill {
    fn selection(&self) -> Option<&Selection> {
        Some(&self.0)
    }

    fn kills(&self) -> bool {
        true
    }

    fn same_for_all_shots(&self) -> bool {
        self.0.shots.is_empty() && self.0.traces.is_empty()
    }
}
