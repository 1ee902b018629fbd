//! How a study is run.

use crate::progress_args::ProgressArgs;

/// How a study is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The command that asks for it, to be repeated with `--resume`.
    pub command: &'static str,
    /// Goes on from what an earlier run has left.
    pub resume: bool,
    /// Solves one member only.
    pub only: Option<String>,
    /// Simulates data anew, whether or not there are some.
    pub simulate: bool,
    /// How progress is shown.
    pub progress: ProgressArgs,
}
