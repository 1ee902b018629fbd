//! A place in a file, for messages.

use std::path::{Path, PathBuf};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Where in it.
    pub spot: Spot,
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// All of it.
    Whole,
    /// A byte, counted from 1.
    Byte(u64),
    /// A line of text, counted from 1.
    Line(usize),
    /// A key, an attribute, a variable: its name.
    Item(String),
}

impl Place {
    pub(crate) fn whole(path: &Path) -> Self {
        Self { path: path.to_owned(), spot: Spot::Whole }
    }

    /// A byte, counted from 0 here and from 1 in messages.
    pub(crate) fn byte(path: &Path, offset: u64) -> Self {
        Self { path: path.to_owned(), spot: Spot::Byte(offset.saturating_add(1)) }
    }

    /// A line, counted from 1.
    pub(crate) fn line(path: &Path, line: usize) -> Self {
        Self { path: path.to_owned(), spot: Spot::Line(line) }
    }

    pub(crate) fn item(path: &Path, name: impl Into<String>) -> Self {
        Self { path: path.to_owned(), spot: Spot::Item(name.into()) }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())?;
        match &self.spot {
            Spot::Whole => Ok(()),
            Spot::Byte(byte) => write!(f, ": byte {byte}"),
            Spot::Line(line) => write!(f, ": line {line}"),
            Spot::Item(name) => write!(f, ": {name}"),
        }
    }
}
