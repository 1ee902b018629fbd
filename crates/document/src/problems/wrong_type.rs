//! Values of another kind than what belongs there.

use crate::problem::{Message, Problem, Subject};

/// A value of another kind than what belongs there.
#[derive(Debug)]
pub struct WrongType {
    /// The value in words.
    pub found: String,
    /// What belongs there, in words.
    pub expected: String,
    /// What to do.
    pub help: String,
}

impl Problem for WrongType {
    fn message(&self, subject: &Subject) -> Message {
        let WrongType { found, expected, help } = self;
        Message::new(format!("{subject} is not {expected}")).found(found).expected(expected).help(help)
    }
}
