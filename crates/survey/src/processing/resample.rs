//! Another sampling interval.

use document::CheckSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ProcessingStep;

/// Brings recorded traces to the sampling interval and duration of `physics`, by their Fourier series; frequencies that the new
/// interval cannot represent are removed. The record may be longer, but not shorter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resample {}

impl CheckSettings for Resample {}

impl ProcessingStep for Resample {
    fn resamples(&self) -> bool {
        true
    }
}
