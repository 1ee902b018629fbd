//! Texts that hold no scenario.

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

/// What to do about an error of the YAML parser, by a word of its report.
fn advice(reason: &str) -> &'static str {
    let known = [
        ("tab", "indent with spaces"),
        ("bracket", "close every [ and { with its own kind"),
        ("anchor", "an alias *name needs an anchor &name above it"),
        ("':'", "write a colon and a space after each key"),
        ("block mapping", "indent all keys of a block alike"),
        ("second document", "a file holds one scenario: remove the `---`"),
    ];
    let found = known.iter().find(|(word, _)| reason.contains(word));
    found.map_or("the files in scenarios/ are complete examples", |(_, help)| help)
}

/// The text has more characters, aliases or levels of nesting than a scenario can need.
#[derive(Debug)]
pub struct TooLarge {
    /// What the YAML parser reports.
    pub reason: String,
}

impl Problem for TooLarge {
    fn message(&self, _: &Subject) -> Message {
        Message::new(format!("too large for a scenario: {}", self.reason))
            .help("write repeated positions with `line`, and keep arrays in HDF5 files")
    }
}
