//! Traces with reversed polarity.

use document::{CheckSettings, Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProcessingStep, Selection, ShotTraces};

/// Changes the sign of recorded traces, of receivers that are connected the wrong way round. A trace in two such steps keeps its sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Polarity(pub Selection);

impl CheckSettings for Polarity {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        self.0.check(at)
    }
}

impl ProcessingStep for Polarity {
    fn selection(&self) -> Option<&Selection> {
        Some(&self.0)
    }

    fn correct(&self, shot: &ShotTraces, recorded: &mut [f64]) {
        for (trace, samples) in recorded.chunks_mut(shot.samples).enumerate() {
            if self.0.contains(shot.shot, shot.receiver(trace)) {
                samples.iter_mut().for_each(|v| *v = -*v);
            }
        }
    }
}
