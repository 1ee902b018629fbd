//! Names of the blocks of a list.

use crate::problem::{Message, Problem, Subject};

/// A name that cannot be the name of a folder.
#[derive(Debug)]
pub struct BadName {
    /// The name.
    pub found: String,
}

impl Problem for BadName {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} cannot be the name of a folder"))
            .found(format!("`{}`", self.found))
            .expected("letters, digits, `-`, `_` and `.`, beginning with a letter or digit")
            .help("the results are stored in a folder of this name")
    }
}

/// A name that another block of the list has already.
#[derive(Debug)]
pub struct DuplicateName {
    /// The name.
    pub name: String,
    /// The list, in the plural.
    pub list: &'static str,
    /// The index of the block that has it first.
    pub first: usize,
}

impl Problem for DuplicateName {
    fn message(&self, subject: &Subject) -> Message {
        let DuplicateName { name, list, first } = self;
        Message::new(format!("{subject} is already the name of {list}[{first}]"))
            .found(format!("`{name}` twice"))
            .expected(format!("a different name for each {}", list.trim_end_matches('s')))
            .help(format!("write `{name}-2`, for instance"))
    }
}
