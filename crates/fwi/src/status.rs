//! How a computation ended.

use serde::{Deserialize, Serialize};

/// How a member of a study ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As planned: converged, or all iterations done.
    Done,
    /// By Ctrl-C or another signal; it can be resumed.
    Interrupted,
    /// The objective grew beyond bounds or became NaN; the last good result is kept.
    Diverged,
    /// An error; there may be no result.
    Failed,
}

impl Status {
    /// The word in `summary.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Done => "done",
            Status::Interrupted => "interrupted",
            Status::Diverged => "diverged",
            Status::Failed => "failed",
        }
    }
}
