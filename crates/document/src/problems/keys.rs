//! Keys and choices that are unknown, missing or given twice.

use crate::numbers::list;
use crate::problem::{Mark, Message, Problem, Subject};
use crate::suggest::closest;

/// A key that its block does not have.
#[derive(Debug)]
pub struct UnknownKey {
    /// The keys of the block.
    pub expected: Vec<String>,
}

impl Problem for UnknownKey {
    fn message(&self, subject: &Subject) -> Message {
        let found = subject.key.last_key().unwrap_or_default();
        Message::new(format!("unknown key {}", subject.key))
            .found(format!("`{found}`"))
            .expected(list(&self.expected))
            .help(closest(found, &self.expected))
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}

/// A name that is none of the choices.
#[derive(Debug)]
pub struct UnknownChoice {
    /// The name.
    pub found: String,
    /// The choices.
    pub expected: Vec<String>,
}

impl Problem for UnknownChoice {
    fn message(&self, Subject { key, .. }: &Subject) -> Message {
        let is_key = key.last_key() == Some(&self.found);
        let owner = if is_key { key.parent() } else { (*key).clone() };
        Message::new(format!("{owner}: unknown choice `{}`", self.found))
            .found(format!("`{}`", self.found))
            .expected(list(&self.expected))
            .help(closest(&self.found, &self.expected))
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}

/// A key that a block has to have is missing from it.
#[derive(Debug)]
pub struct MissingKey {
    /// The key.
    pub key: String,
}

impl MissingKey {
    /// That of a name.
    #[must_use]
    pub fn new(key: impl Into<String>) -> MissingKey {
        MissingKey { key: key.into() }
    }
}

impl Problem for MissingKey {
    fn message(&self, subject: &Subject) -> Message {
        let key = &self.key;
        Message::new(format!("{} has no key `{key}`", subject.key))
            .expected(format!("`{key}`"))
            .help(format!("add `{key}:` here; `fwi schema --markdown` says what it means"))
    }
}

/// A key that its block has already.
#[derive(Debug)]
pub struct DuplicateKey;

impl Problem for DuplicateKey {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is given twice", subject.key))
            .expected("each key once")
            .help("remove one of the two")
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}
