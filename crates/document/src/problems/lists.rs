//! Lists that are empty or have the wrong length.

use crate::problem::{Message, Problem, Subject};

/// A list without entries.
#[derive(Debug)]
pub struct EmptyList {
    /// What it lists, in the plural.
    pub what: &'static str,
}

impl Problem for EmptyList {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} lists no {}", subject.key, self.what))
            .found("[]")
            .expected(format!("one or more {}", self.what))
    }
}

/// A list whose length does not match another list.
#[derive(Debug)]
pub struct WrongLength {
    /// Its length.
    pub found: usize,
    /// The length that matches the other list.
    pub expected: usize,
    /// The rule.
    pub rule: &'static str,
}

impl Problem for WrongLength {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{}: {}", subject.key, self.rule))
            .found(self.found.to_string())
            .expected(self.expected.to_string())
    }
}
