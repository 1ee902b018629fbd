//! Versions of the scenario format.

use crate::problem::{Message, Problem, Subject};

/// A version of the scenario format that this program does not support.
#[derive(Debug)]
pub struct UnknownVersion {
    /// The version.
    pub found: u32,
}

impl Problem for UnknownVersion {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is a version of the format that this program does not support"))
            .found(self.found.to_string())
            .expected("1")
            .help("write `schema: 1`, or use the version of fwi that the scenario was written for")
    }
}
