//! `wells`: places where models are compared with logs.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;

/// A vertical well. The report shows all models along it, and their errors relative to its log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WellBlock {
    /// Its name in tables, and of its file in the folder `wells` of the run.
    pub name: String,
    /// Where it is along x.
    #[schemars(transform = ranges::coordinate())]
    pub x: f64,
    /// Where it is along y, in a volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::coordinate())]
    pub y: Option<f64>,
    /// The velocities that were measured in it, in a file relative to the scenario: LAS with a sonic or velocity curve, or text with a line
    /// of names and the columns `depth` in m, z of the scenario, and `velocity` in m/s. When absent, models are compared with the true one,
    /// if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<PathBuf>,
}
