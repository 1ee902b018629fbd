//! Files that a scenario names.

use std::path::PathBuf;

use crate::numbers::shown;
use crate::problem::{Message, Problem, Subject};

/// A file that does not exist.
#[derive(Debug)]
pub struct MissingFile {
    /// The path at which the file was expected.
    pub path: PathBuf,
    /// What to do.
    pub help: &'static str,
}

impl MissingFile {
    /// A file that must exist already.
    #[must_use]
    pub fn new(path: PathBuf) -> MissingFile {
        MissingFile { path, help: "paths are relative to the folder of the scenario" }
    }
}

impl Problem for MissingFile {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject}: no such file"))
            .expected(format!("a file at {}", shown(&self.path)))
            .help(self.help)
    }
}
