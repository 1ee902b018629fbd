//! Texts that are not scenarios.

use crate::numbers::bytes;
use crate::problem::{Message, Problem, Subject};

/// The text has no keys.
#[derive(Debug)]
pub struct Empty;

impl Problem for Empty {
    fn message(&self, _: &Subject) -> Message {
        Message::new("the scenario is empty")
            .found("no keys")
            .expected("the blocks of a scenario")
            .help("begin with `schema: 1`; the files in scenarios/ are complete examples")
    }
}

/// The text is not YAML.
#[derive(Debug)]
pub struct Syntax {
    /// What the YAML parser reports.
    pub reason: String,
}

impl Problem for Syntax {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("not valid YAML: {}", self.reason)).help(advice(&self.reason))
    }
}

/// Advice for an error of the YAML parser, chosen by a part of its message.
fn advice(reason: &str) -> &'static str {
    let known = [
        ("tab", "indent with spaces"),
        ("bracket", "close every [ with ] and every { with }"),
        ("flow", "close every [ with ] and every { with }"),
        ("escape", "write \\\\ for a backslash, or use 'single quotation marks'"),
        ("quote", "close the quotation mark"),
        (
            "anchor",
            "an alias *name needs an anchor &name above it; put quotation marks around other text with a *",
        ),
        (
            "mapping values",
            "indent all keys of a block by the same number of spaces, write a space after each dash, and put quotation marks around a value with a colon",
        ),
        ("unexpected character: `\\u", "remove this character, which cannot be read as text"),
        ("unexpected character", "put quotation marks around a value that begins with this character"),
        ("':'", "write a colon and a space after each key"),
        ("block mapping", "indent all keys of a block by the same number of spaces"),
        ("second document", "a file contains one scenario: remove the `---`"),
        ("BOM", "remove the byte-order mark; it is allowed only at the beginning of the file"),
    ];
    let found = known.iter().find(|(part, _)| reason.contains(part));
    found.map_or("the files in scenarios/ are complete examples", |(_, help)| help)
}

/// The file is not text in UTF-8.
#[derive(Debug)]
pub struct NotUtf8 {
    /// The first byte that is not UTF-8.
    pub byte: u8,
}

impl Problem for NotUtf8 {
    fn message(&self, _: &Subject) -> Message {
        Message::new("the scenario is not text in UTF-8")
            .found(format!("the byte {:#04x}", self.byte))
            .expected("UTF-8")
            .help("save the file in the encoding UTF-8")
    }
}

/// The text is longer than any scenario.
#[derive(Debug)]
pub struct TooLong {
    /// The greatest length, bytes.
    pub most: usize,
}

impl Problem for TooLong {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("the scenario is longer than {}", bytes(self.most as f64)))
            .help("write regular positions with `line`, and keep arrays in HDF5 files")
    }
}

/// The text is nested more deeply than any scenario.
#[derive(Debug)]
pub struct TooDeep;

impl Problem for TooDeep {
    fn message(&self, _: &Subject) -> Message {
        Message::new("nested too deeply for a scenario")
            .expected("about ten levels")
            .help("close every [ with ] and every { with }")
    }
}

/// The aliases of the text expand to more than any scenario contains.
#[derive(Debug)]
pub struct TooManyAliases {
    /// What the YAML parser reports.
    pub reason: String,
}

impl Problem for TooManyAliases {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("too many aliases for a scenario: {}", self.reason))
            .help("write regular positions with `line`, and keep arrays in HDF5 files")
    }
}

/// A value with a YAML tag.
#[derive(Debug)]
pub struct Tagged {
    /// The tag.
    pub tag: String,
}

impl Problem for Tagged {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("the tag `{}` has no meaning in a scenario", self.tag))
            .expected("a value without a tag")
            .help(format!("remove `{}`", self.tag))
    }
}

/// Anything else that the YAML parser reports about a value.
#[derive(Debug)]
pub struct Unreadable {
    /// What the YAML parser reports.
    pub reason: String,
}

impl Problem for Unreadable {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} cannot be read: {}", subject.key, self.reason))
    }
}
