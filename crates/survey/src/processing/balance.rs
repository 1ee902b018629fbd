//! Traces of equal weight.

use document::CheckSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prepared::Weights;
use super::{Prepared, ProcessingStep, ShotTraces};

/// Divides traces by the root mean square of the observed ones. Observed and synthetic traces are divided by the same number, so that
/// differences of amplitude still count. Silent traces stay silent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Balance {
    /// Whether each trace has its own divisor, or all traces of a shot and field have the same.
    pub per: BalancedBy,
}

/// What shares a divisor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalancedBy {
    /// Nothing: each trace has its own.
    #[default]
    Trace,
    /// The traces of a field of a shot.
    Shot,
}

impl CheckSettings for Balance {}

impl ProcessingStep for Balance {
    fn prepare(&self, shot: &ShotTraces, observed: &[f64]) -> Option<Box<dyn Prepared>> {
        let together = match self.per {
            BalancedBy::Trace => 1,
            BalancedBy::Shot => shot.receivers.len(),
        };
        let samples = shot.samples.max(1);
        let weight = |traces: &[f64]| {
            let loud = traces.chunks(samples).filter(|trace| trace.iter().any(|v| *v != 0.0)).count();
            let energy: f64 = traces.iter().map(|v| v * v).sum();
            if energy > 0.0 { ((loud * samples) as f64 / energy).sqrt() } else { 0.0 }
        };
        let groups = observed.chunks(together * samples);
        let by_trace =
            groups.flat_map(|traces| std::iter::repeat_n(weight(traces), traces.len() / samples)).collect();
        Some(Box::new(Weights { by_trace, by_time: Vec::new() }))
    }

    fn same_for_all_shots(&self) -> bool {
        false
    }
}
