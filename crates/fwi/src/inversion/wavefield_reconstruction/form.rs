//! How equation and data are imposed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How equation and data are imposed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// By multipliers, which add up the residuals of all iterations, so that both are satisfied in the end (ADMM).
    #[default]
    Admm,
    /// By the weight alone: a compromise remains.
    Penalty,
}
