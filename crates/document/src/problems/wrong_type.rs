//! Values of the wrong type.

use crate::problem::{Message, Problem, Subject};

/// A value of the wrong type.
#[derive(Debug)]
pub struct WrongType {
    /// A description of the value.
    pub found: String,
    /// A description of the expected type.
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
