//! What is wrong with an equation, its parameters, or what is emitted and recorded.

use document::numbers::{list, short};
use document::{Message, Problem, Subject};

/// A name that the equation does not have.
#[derive(Debug)]
pub(super) struct NoSuchName {
    /// What it should be the name of.
    pub(super) what: &'static str,
    /// The name.
    pub(super) found: String,
    /// The names that there are.
    pub(super) known: Vec<String>,
}

impl Problem for NoSuchName {
    fn message(&self, subject: &Subject) -> Message {
        let expected = if self.known.is_empty() {
            "nothing: the equation has none".to_owned()
        } else {
            list(&self.known)
        };
        Message::new(format!("{subject} names no {}", self.what))
            .found(format!("`{}`", self.found))
            .expected(expected)
            .help("`fwi check --explain` prints the equation with its names")
    }
}

/// A text that is no system of wave equations.
#[derive(Debug)]
pub(super) struct BadEquation {
    /// What is wrong.
    pub(super) error: String,
    /// The line of the text where it is wrong, from 1.
    pub(super) line: Option<usize>,
    /// The column, from 1.
    pub(super) column: Option<usize>,
}

impl BadEquation {
    /// What is wrong with the equation as a whole.
    pub(super) fn new(error: &(impl ToString + ?Sized)) -> Self {
        Self { error: error.to_string(), line: None, column: None }
    }
}

impl Problem for BadEquation {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} cannot be stepped in time", subject.key))
            .found(&self.error)
            .expected("the name of a system of the catalogue, or declarations and one residual for each unknown")
            .help("scenarios/damped.yaml has a system as text; `fwi check --explain` prints that of a catalogue row")
    }

    fn place(&self) -> Option<[usize; 2]> {
        Some([self.line?, self.column.unwrap_or(1)])
    }
}

/// A medium that the equation or the grid cannot take.
#[derive(Debug)]
pub(super) struct BadMedium {
    /// What is wrong.
    pub(super) error: String,
}

impl Problem for BadMedium {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} are not those of a medium that the equation can be stepped in"))
            .found(&self.error)
            .expected("parameters that satisfy the conditions of the equation")
            .help("`fwi check --explain` prints the conditions as lines that begin with `require`")
    }
}

/// Values that are derived from the true ones, which are not known.
#[derive(Debug)]
pub(super) struct NoTrueValues {
    /// The parameter.
    pub(super) name: String,
}

impl Problem for NoTrueValues {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} needs the true values"))
            .found(format!("no `model.parameters.{}.truth`", self.name))
            .expected("the true values of the parameter")
            .help("add `truth`, or give the starting values in another way")
    }
}

/// Bounds that the starting values are not within.
#[derive(Debug)]
pub(super) struct BoundsBelowStart {
    /// The parameter.
    pub(super) name: String,
    /// Its lowest and highest starting value.
    pub(super) start: [f64; 2],
    /// The bounds.
    pub(super) bounds: [f64; 2],
}

impl Problem for BoundsBelowStart {
    fn message(&self, subject: &Subject) -> Message {
        let [start, bounds] =
            [self.start, self.bounds].map(|[low, high]| format!("{} to {}", short(low), short(high)));
        Message::new(format!("{subject} exclude the starting values of `{}`", self.name))
            .found(format!("starting values {start}"))
            .expected(format!("within {bounds}"))
            .help(format!("widen the bounds or change `model.parameters.{}.initial`", self.name))
    }
}

/// A parameter that follows one that is not looked for.
#[derive(Debug)]
pub(super) struct NotFollowed {
    /// The parameter that it should follow.
    pub(super) of: String,
    /// The free ones.
    pub(super) free: Vec<String>,
}

impl Problem for NotFollowed {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} names no positive free parameter of this inversion"))
            .found(format!("`{}`", self.of))
            .expected(list(&self.free))
            .help("a parameter follows one that is `free` with bounds above zero")
    }
}
