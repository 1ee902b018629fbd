//! How a study is run.

use crate::progress_args::ProgressArgs;

/// How a study is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the command, which is shown in advice to repeat it with `--resume`.
    pub command: &'static str,
    /// Whether to continue an earlier run.
    pub resume: bool,
    /// The only member to solve; `None` for all members.
    pub only: Option<String>,
    /// Whether to simulate data even if the data file exists.
    pub simulate: bool,
    /// How progress is shown.
    pub progress: ProgressArgs,
}
