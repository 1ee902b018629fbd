//! Problems of the values of a scenario, and their messages.
//!
//! A problem is a small type that stores the numbers and writes its own message. [`problems`](crate::problems) contains the
//! problems that any scenario can have. Other problems are types beside the code that finds them.

use std::fmt;

use crate::key_path::KeyPath;
use crate::numbers::excerpt;

/// The value that a message is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its key path.
    pub key: &'a KeyPath,
    /// Its text, if it is a single word or number.
    pub text: Option<&'a str>,
}

/// The key path, followed by the value if it is a single word or number: `grid.spacing = 20`.
impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.text {
            _ if self.key.steps().is_empty() => write!(f, "{}", self.key),
            None | Some("~" | "null") => write!(f, "{}", self.key),
            Some("") => write!(f, "{} = \"\"", self.key),
            Some(text) => write!(f, "{} = {}", self.key, excerpt(text)),
        }
    }
}

/// An error message in its parts. An empty part is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The fault in one line.
    pub title: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub help: String,
}

impl Message {
    /// A message that consists of a title.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Message {
        Message { title: title.into(), ..Message::default() }
    }

    /// States what was found.
    #[must_use]
    pub fn found(self, found: impl Into<String>) -> Message {
        Message { found: found.into(), ..self }
    }

    /// States what was expected.
    #[must_use]
    pub fn expected(self, expected: impl Into<String>) -> Message {
        Message { expected: expected.into(), ..self }
    }

    /// States what to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Message {
        Message { help: help.into(), ..self }
    }
}

/// The part of the text that an error points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The value.
    Value,
    /// The key before it.
    Key,
}

/// A problem that a value can have.
///
/// ```
/// use document::{KeyPath, Message, Problem, Subject};
///
/// #[derive(Debug)]
/// struct Odd {
///     found: usize,
/// }
///
/// impl Problem for Odd {
///     fn message(&self, subject: &Subject) -> Message {
///         Message::new(format!("{subject} is odd"))
///             .expected("an even number")
///             .help(format!("write {}", self.found + 1))
///     }
/// }
///
/// let subject = Subject { key: &KeyPath::of("grid.order"), text: Some("3") };
/// assert_eq!(Odd { found: 3 }.message(&subject).title, "grid.order = 3 is odd");
/// ```
pub trait Problem: fmt::Debug + Send + Sync {
    /// The message about the value `subject`.
    fn message(&self, subject: &Subject) -> Message;

    /// The part of the text that the error points at.
    fn mark(&self) -> Mark {
        Mark::Value
    }

    /// The place within a text of several lines that the error points at, as line and column from 1.
    fn place(&self) -> Option<[usize; 2]> {
        None
    }
}

/// A value of a scenario and its problem.
#[derive(Debug)]
pub struct Fault {
    /// Which value.
    pub key: KeyPath,
    /// The problem.
    pub problem: Box<dyn Problem>,
}

impl Fault {
    /// A problem of the value at `key`.
    #[must_use]
    pub fn new(key: impl Into<KeyPath>, problem: impl Problem + 'static) -> Fault {
        Fault { key: key.into(), problem: Box::new(problem) }
    }
}
