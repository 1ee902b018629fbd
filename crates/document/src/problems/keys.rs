//! Keys and choices that are unknown, missing or given twice.

use crate::numbers::{excerpt, list};
use crate::problem::{Mark, Message, Problem, Subject};
use crate::suggest::closest;

/// A key that its block does not have.
#[derive(Debug)]
pub struct UnknownKey {
    /// The keys of the block.
    pub expected: Vec<String>,
    /// Whether it follows a comma without a space, like the decimals in `spacing: 1,5`.
    pub after_comma: bool,
}

impl Problem for UnknownKey {
    fn message(&self, subject: &Subject) -> Message {
        let found = subject.key.last_key().unwrap_or_default();
        let help = if self.after_comma && found.chars().all(|c| c.is_ascii_digit()) {
            "write numbers with a decimal point: a comma separates keys inside { }".to_owned()
        } else if found.chars().any(is_invisible) {
            "remove the invisible character in the key".to_owned()
        } else {
            closest(found, &self.expected)
        };
        Message::new(format!("unknown key {}", subject.key))
            .found(format!("`{}`", excerpt(found)))
            .expected(list(&self.expected))
            .help(help)
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}

/// A name that is not among the choices.
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
        Message::new(format!("{owner}: unknown choice `{}`", excerpt(&self.found)))
            .found(format!("`{}`", excerpt(&self.found)))
            .expected(list(&self.expected))
            .help(closest(&self.found, &self.expected))
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}

/// A required key that is missing from its block.
#[derive(Debug)]
pub struct MissingKey {
    /// The key.
    pub key: String,
}

impl MissingKey {
    /// The missing name.
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
            .help(format!("add `{key}:` here; `fwi schema --markdown` describes it"))
    }
}

/// A key that occurs twice in its block.
#[derive(Debug)]
pub struct DuplicateKey {
    /// The line of its first occurrence.
    pub first: usize,
}

impl Problem for DuplicateKey {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is given twice", subject.key))
            .found(format!("already given on line {}", self.first))
            .expected("each key once")
            .help("remove one of the two")
    }

    fn mark(&self) -> Mark {
        Mark::Key
    }
}

/// A key that is not a word.
#[derive(Debug)]
pub struct BadKey {
    /// The key in words.
    pub found: &'static str,
}

impl Problem for BadKey {
    fn message(&self, _: &Subject) -> Message {
        Message::new("this key is not a word")
            .found(self.found)
            .expected("a word, a colon, a space and a value")
            .help("put quotation marks around a value that begins with `?` or `:`")
    }
}

/// A merge key `<<` whose value is not a block.
#[derive(Debug)]
pub struct BadMerge {
    /// Its value in words.
    pub found: String,
}

impl Problem for BadMerge {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} merges something that is not a block", subject.key))
            .found(&self.found)
            .expected("an alias of a block: `<<: *name`")
    }
}

/// Whether a character is invisible in a key: any kind of space, or a character without width.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
