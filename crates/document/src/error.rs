//! The error of a scenario: file, line, column, and the message with the line of text.

use std::fmt;
use std::path::PathBuf;

use crate::key_path::KeyPath;
use crate::locate::Document;
use crate::position::Position;
use crate::problem::{Fault, Mark, Message, Problem, Subject};

/// An error in a scenario, with its position.
#[derive(Debug)]
pub struct ScenarioError {
    /// The scenario file.
    pub file: PathBuf,
    /// Which value.
    pub key: KeyPath,
    /// The problem.
    pub problem: Box<dyn Problem>,
    /// Its position in the text, if it has one.
    pub position: Option<Position>,
    line: String,
    value: Option<String>,
}

impl ScenarioError {
    /// Finds the value of a fault in the text of the scenario. For an expanded member, this is the value in the block that was expanded.
    #[must_use]
    pub fn new(file: PathBuf, text: &str, fault: Fault) -> ScenarioError {
        let key = crate::expand::written(text, &fault.key);
        let fault = Fault { key, ..fault };
        let document = Document::parse(text);
        let position = document.as_ref().map(|document| match fault.problem.mark() {
            Mark::Key => document.key(&fault.key),
            Mark::Value => document.value(&fault.key),
        });
        let value = document.and_then(|document| document.scalar(&fault.key).map(str::to_owned));
        let scalar = value.as_deref().unwrap_or_default();
        let position = position.map(|at| within((text, scalar), at, fault.problem.place()));
        ScenarioError { value, ..ScenarioError::at(file, text, fault, position) }
    }

    /// An error whose position is already known.
    #[must_use]
    pub fn at(file: PathBuf, text: &str, fault: Fault, position: Option<Position>) -> ScenarioError {
        let line = position.and_then(|at| lines(text).nth(at.line - 1)).unwrap_or_default();
        let line = line.trim_start_matches('\u{feff}').replace('\t', " ");
        ScenarioError { file, key: fault.key, problem: fault.problem, position, line, value: None }
    }

    /// The message without its place.
    #[must_use]
    pub fn message(&self) -> Message {
        self.problem.message(&Subject { key: &self.key, text: self.value.as_deref() })
    }
}

/// The place of a line and column of a value of several lines that begins at a position: of its lines, those after the first are
/// indented alike. It is the first position where the document does not have the lines of the value, as in a quoted text.
fn within((text, value): (&str, &str), first: Position, place: Option<[usize; 2]>) -> Position {
    let Some([line, column]) = place else { return first };
    let number = first.line + line - 1;
    let whole = lines(text).nth(number - 1).unwrap_or_default();
    if value.lines().nth(line - 1).is_none_or(|of_value| of_value.trim() != whole.trim()) {
        return first;
    }
    let width = whole.trim_end().chars().count().saturating_sub(first.column + column - 2);
    Position { line: number, column: first.column + column - 1, width: width.max(1) }
}

/// The lines of a text, which end with a line feed, a carriage return, or both.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

impl std::error::Error for ScenarioError {}

/// Longest part of a line that is shown.
const SHOWN: usize = 110;

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(at) = self.position {
            write!(f, ":{}:{}", at.line, at.column)?;
        }
        let Message { title, found, expected, help } = self.message();
        writeln!(f, ": {title}")?;
        if let Some(at) = self.position {
            let number = at.line.to_string();
            let gutter = " ".repeat(number.len());
            let skipped = (at.column + at.width).saturating_sub(SHOWN).min(at.column - 1);
            let shown: String = self.line.chars().skip(skipped).take(SHOWN).collect();
            let width = at.width.clamp(1, SHOWN);
            writeln!(f, "{gutter} |")?;
            writeln!(f, "{}", format!("{number} | {shown}").trim_end())?;
            writeln!(f, "{gutter} | {}{}", " ".repeat(at.column - 1 - skipped), "^".repeat(width))?;
        }
        match (found.is_empty(), expected.is_empty()) {
            (true, true) => {}
            (false, true) => writeln!(f, " found: {found}")?,
            (true, false) => writeln!(f, " expected: {expected}")?,
            (false, false) if found.len() + expected.len() > SHOWN => {
                writeln!(f, " found: {found}\n expected: {expected}")?;
            }
            (false, false) => writeln!(f, " found: {found}   expected: {expected}")?,
        }
        if !help.is_empty() {
            writeln!(f, " help: {help}")?;
        }
        Ok(())
    }
}
