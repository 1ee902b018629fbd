//! A place in a file, for messages.

use std::path::{Path, PathBuf};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The trace, counted from 1, if one trace is meant.
    pub trace: Option<usize>,
    /// The first byte, counted from 1 as in the standard: in the trace header if a trace is given, otherwise in the file.
    pub byte: Option<usize>,
}

impl Place {
    /// A whole file.
    pub(crate) fn file(path: &Path) -> Self {
        Self { path: path.to_owned(), trace: None, byte: None }
    }

    /// A byte of the file, counted from 1.
    pub(crate) fn byte(path: &Path, byte: usize) -> Self {
        Self { byte: Some(byte), ..Self::file(path) }
    }

    /// A trace, counted from 0 here and from 1 in messages.
    pub(crate) fn trace(path: &Path, trace: usize) -> Self {
        Self { trace: Some(trace + 1), ..Self::file(path) }
    }

    /// A byte of the header of a trace; the trace is counted from 0, the byte from 1.
    pub(crate) fn header(path: &Path, trace: usize, byte: usize) -> Self {
        Self { trace: Some(trace + 1), ..Self::byte(path, byte) }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(trace) = self.trace {
            write!(f, ": trace {trace}")?;
        }
        match (self.trace, self.byte) {
            (_, None) => Ok(()),
            (None, Some(byte)) => write!(f, ": byte {byte}"),
            (Some(_), Some(byte)) => write!(f, ", header byte {byte}"),
        }
    }
}
