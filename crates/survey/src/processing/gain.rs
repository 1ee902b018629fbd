//! Gains by time and offset.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prepared::Weights;
use super::{Prepared, ProcessingStep, ShotTraces};

/// Multiplies traces by powers of time and offset, against the decay of waves that spread.
///
/// The amplitude of waves falls as one over the distance in a volume and as one over its square root in a section: powers of 1 and
/// 0.5. Data and synthetic traces are both multiplied, so that late and far waves count for more in the misfit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Gain {
    /// Power of the time since the shot.
    #[schemars(transform = Unit::None.within(0.0, 4.0))]
    pub time: f64,
    /// Power of the distance between source and receiver.
    #[schemars(transform = Unit::None.within(0.0, 4.0))]
    pub offset: f64,
}

impl CheckSettings for Gain {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.time == 0.0 && self.offset == 0.0 {
            return Err(Fault::new(at, NoPower));
        }
        Ok(())
    }
}

/// Both powers are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NoPower;

impl Problem for NoPower {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} changes nothing: its powers of time and offset are both 0"))
            .found("time 0, offset 0")
            .expected("a power above 0, at most 4, of time, offset or both")
            .help("write for example `gain: {time: 1}`, or remove the step")
    }
}

impl ProcessingStep for Gain {
    fn prepare(&self, shot: &ShotTraces, observed: &[f64]) -> Option<Box<dyn Prepared>> {
        let by_time = (0..shot.samples).map(|n| (n as f64 * shot.dt).powf(self.time)).collect();
        let traces = observed.len() / shot.samples.max(1);
        let by_trace = (0..traces).map(|trace| shot.offset(trace).powf(self.offset)).collect();
        Some(Box::new(Weights { by_trace, by_time }))
    }

    fn same_for_all_shots(&self) -> bool {
        self.offset == 0.0
    }
}
