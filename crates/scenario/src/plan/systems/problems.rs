//! What is wrong with an equation, its parameters, or what is emitted and recorded.

use pde::{PdeError, System};

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
    /// What it does wrong, after its name.
    what: &'static str,
    /// What was found.
    found: String,
    /// What belongs there.
    expected: String,
    /// The line of the text where it is wrong, from 1.
    line: Option<usize>,
    /// The column, from 1.
    column: Option<usize>,
}

impl BadEquation {
    /// What is wrong with a line of the text, or with the text as a whole.
    pub(super) fn new(error: &PdeError, line: Option<usize>) -> Self {
        let (place, text) = error.located();
        let (line, column) = (place.line.or(line), place.column);
        let one_each = || "declarations, and one equation for each unknown".to_owned();
        let (what, found, expected) = match error.inner() {
            PdeError::Parse { expected, found, .. } => ("cannot be read", found.clone(), expected.clone()),
            PdeError::UnknownSymbol { name, known, .. } => {
                ("has a name that is not declared", format!("`{name}`"), known.join(", "))
            }
            PdeError::UnitsDiffer { .. } => {
                ("adds terms of different units", text, "the same unit in every term".to_owned())
            }
            PdeError::UnknownUnit { text, known } => (
                "has a unit that does not exist",
                format!("`{text}`"),
                format!("powers of {}", known.join(", ")),
            ),
            PdeError::ResidualCount { found, expected } => (
                "needs one equation for each unknown",
                format!("{found} equations"),
                format!("{expected}, each a line such as `dtt(u) - c^2 dxx(u) - f = 0`"),
            ),
            PdeError::NotSteppable { .. } | PdeError::NotLinear { .. } => (
                "cannot be stepped in time",
                text,
                "equations that are linear in the unknowns, with a time derivative of each".to_owned(),
            ),
            _ => ("cannot be read", text, one_each()),
        };
        Self { what, found, expected, line, column }
    }

    /// A text whose waves cannot be stepped on any grid.
    pub(super) fn unstable(error: &impl ToString, line: Option<usize>) -> Self {
        let (found, expected) = (error.to_string(), "an equation whose waves do not grow".to_owned());
        Self { what: "cannot be stepped in time", found, expected, line, column: None }
    }

    /// A text without a field that sources are of.
    pub(super) fn without_sources(system: &System) -> Self {
        let unknown = system.unknowns.first().map_or("u", |unknown| &unknown.name);
        let found = "no `given` field".to_owned();
        let expected = format!("a line such as `given f [Pa/s^2]`, and `f` in the equation of `{unknown}`");
        Self { what: "has nothing that sources are of", found, expected, line: None, column: None }
    }

    /// A declared name that does not fit.
    pub(super) fn name(found: String, line: Option<usize>) -> Self {
        let expected = "names of its own, each of which an equation uses".to_owned();
        Self { what: "has a name that does not fit", found, expected, line, column: None }
    }
}

impl Problem for BadEquation {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} {}", subject.key, self.what))
            .found(&self.found)
            .expected(&self.expected)
            .help("`fwi check --explain` of a scenario with a named equation prints its text, which shows how one is written")
    }

    fn place(&self) -> Option<[usize; 2]> {
        Some([self.line?, self.column.unwrap_or(1)])
    }
}

/// A typed equation whose lines YAML has joined.
#[derive(Debug)]
pub(super) struct JoinedLines;

impl Problem for JoinedLines {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is a text on one line", subject.key))
            .found("declarations and equations without line ends")
            .expected("each declaration and each equation on a line of its own")
            .help("write `equation: |`, and the text below it, indented; after `>` and between quotes YAML joins lines")
    }
}

/// A free surface for an equation without one.
#[derive(Debug)]
pub(super) struct NoSurface {
    /// What is wrong.
    pub(super) error: String,
}

impl Problem for NoSurface {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} does not go with the equation", subject.key))
            .found(&self.error)
            .expected("an equation with a line such as `surface p`, or no free surface")
            .help(
                "leave `free_surface` out, or add the unknowns that vanish there to the text of the equation",
            )
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
