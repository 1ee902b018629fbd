//! How progress is shown: the arguments of the command.

use clap::{Args, ValueEnum};

/// How progress is shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct ProgressArgs {
    /// Show no progress, only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Format of progress lines
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log: LogFormat,
}

/// The format of a progress line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line, for programs.
    Json,
}
