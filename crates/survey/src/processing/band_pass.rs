//! A band filter of all traces.

use document::{CheckSettings, Fault, KeyPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Prepared, ProcessingStep, ShotTraces};
use crate::traces::BandFilter;

/// A zero-phase Butterworth filter of observed and synthetic traces, besides those of the stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct BandPass(pub BandFilter);

impl CheckSettings for BandPass {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        if self.0.low.is_none() && self.0.high.is_none() {
            return Err(Fault::new(at, document::problems::MissingKey::new("low")));
        }
        self.0.check(at)
    }
}

impl ProcessingStep for BandPass {
    fn gain(&self, frequency: f64) -> f64 {
        self.0.gain(frequency)
    }

    fn prepare(&self, shot: &ShotTraces, _: &[f64]) -> Option<Box<dyn Prepared>> {
        Some(Box::new(Filter { band: self.0.clone(), samples: shot.samples, dt: shot.dt }))
    }
}

/// The filter of traces of a length.
#[derive(Debug)]
struct Filter {
    band: BandFilter,
    samples: usize,
    dt: f64,
}

impl Prepared for Filter {
    fn apply(&self, traces: &mut Vec<f64>) {
        *traces = self.band.apply(traces, self.samples, self.dt);
    }
}
