//! Gains and delays of receivers.

use document::{CheckSettings, Fault, KeyPath, Message, Problem, Subject, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProcessingStep, ShotTraces};
use crate::traces::Transform;

/// Corrects recorded traces for the gain and the delay of each receiver: `d(t + delay) / gain`. `fwi calibrate` measures them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiverResponse {
    /// The gain of each receiver, relative to the others. When absent, all are 1. Negative for reversed polarity.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = Unit::None.within(-1e12, 1e12))]
    pub gains: Vec<f64>,
    /// How much later each receiver records than the others. When absent, none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(transform = Unit::Second.within(-1e3, 1e3))]
    pub delays: Vec<f64>,
}

impl CheckSettings for ReceiverResponse {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.gains.is_empty() && self.delays.is_empty() {
            return Err(Fault::new(at, document::problems::EmptyList { what: "gains or delays" }));
        }
        for (i, gain) in self.gains.iter().enumerate() {
            if gain.abs() < 1e-12 {
                return Err(Fault::new(at.key("gains").index(i), NoGain(*gain)));
            }
        }
        Ok(())
    }
}

/// A gain so small that the traces of its receiver have no signal.
#[derive(Debug, Clone, Copy, PartialEq)]
struct NoGain(f64);

impl Problem for NoGain {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject}: traces cannot be divided by this gain"))
            .found(self.0.to_string())
            .expected("a magnitude of 1e-12 to 1e12, with a minus for reversed polarity")
            .help("write 1 for a receiver that is not corrected, and leave out one that records nothing with `kill`")
    }
}

impl ProcessingStep for ReceiverResponse {
    fn by_receiver(&self) -> Option<[(&'static str, &[f64]); 2]> {
        Some([("gains", &self.gains), ("delays", &self.delays)])
    }

    fn correct(&self, shot: &ShotTraces, recorded: &mut [f64]) {
        let transform = Transform::new(shot.samples);
        for (trace, samples) in recorded.chunks_mut(shot.samples).enumerate() {
            let receiver = shot.receiver(trace);
            if let Some(delay) = self.delays.get(receiver).filter(|delay| **delay != 0.0) {
                samples.copy_from_slice(&transform.advanced(samples, *delay, shot.dt));
            }
            if let Some(gain) = self.gains.get(receiver) {
                samples.iter_mut().for_each(|v| *v /= gain);
            }
        }
    }
}
