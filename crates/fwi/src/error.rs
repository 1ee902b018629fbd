//! Errors of a command, and its exit code.

use std::fmt;
use std::path::PathBuf;

use crate::data_error::DataError;
use crate::key_path::KeyPath;
use crate::locate::{Document, Position};
use crate::problem::{Explanation, Problem};

/// Everything that ends a command early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FwiError {
    /// The scenario is wrong.
    #[error(transparent)]
    Scenario(#[from] Box<ScenarioError>),
    /// There is no scenario at the path.
    #[error("{}: cannot be read: {source}\n help: give the path of a scenario, such as scenarios/cylinder.yaml", path.display())]
    NoScenario {
        /// The path given.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The run directory cannot be written.
    #[error("{}: cannot be written: {source}\n help: choose another directory with -o", path.display())]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// An argument with an invalid value.
    #[error("{argument} {found}: {problem}\n found: {found}   expected: {expected}")]
    Argument {
        /// The argument as typed, such as `--only`.
        argument: &'static str,
        /// Its value.
        found: String,
        /// What is wrong.
        problem: &'static str,
        /// What is expected instead.
        expected: String,
    },
    /// A file that is read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Arguments or a scenario that ask for more memory than there is.
    #[error(transparent)]
    Memory(#[from] crate::memory::Shortage),
    /// An error of the finite differences.
    #[error(transparent)]
    Fd(#[from] fd::FdError),
    /// An error of the neural fields.
    #[error(transparent)]
    Fields(#[from] fields::FieldsError),
    /// A part of the program that does not exist yet.
    #[error("{what} is not part of this version")]
    Absent {
        /// The part.
        what: &'static str,
    },
    /// Standard output or a file of the run could not be written.
    #[error("cannot write {what}: {source}")]
    Write {
        /// What was being written.
        what: String,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// An error of an inversion.
    #[error(transparent)]
    Inversion(#[from] crate::inversion::InversionError),
    /// An inversion or a fit diverged; the others ran.
    #[error("{what} `{name}` diverged; the run directory contains its last good model and the other {what}s")]
    Diverged {
        /// `inversion` or `fit`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A network that is written, but less accurate than requested.
    #[error(
        "{}: the error is {} %, more than the requested {} %; the network is written; raise --width, --layers or --steps \
         for a better one", path.display(), crate::ticks::significant(100.0 * found, 3),
        crate::ticks::significant(100.0 * asked, 3)
    )]
    Inaccurate {
        /// The file.
        path: PathBuf,
        /// Its error.
        found: f64,
        /// The requested error.
        asked: f64,
    },
    /// Interrupted by Ctrl-C.
    #[error("interrupted; continue with: {resume}")]
    Interrupted {
        /// The command that continues.
        resume: String,
    },
}

impl FwiError {
    /// 2 if the scenario, arguments or input files are wrong, 130 after an interruption, 1 for failures during a run.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            FwiError::Interrupted { .. } => 130,
            FwiError::Scenario(_)
            | FwiError::NoScenario { .. }
            | FwiError::Unwritable { .. }
            | FwiError::Argument { .. }
            | FwiError::Memory(_)
            | FwiError::Data(_) => 2,
            FwiError::Inversion(_)
            | FwiError::Diverged { .. }
            | FwiError::Inaccurate { .. }
            | FwiError::Fd(_)
            | FwiError::Fields(_)
            | FwiError::Absent { .. }
            | FwiError::Write { .. } => 1,
        }
    }
}

impl From<ScenarioError> for FwiError {
    fn from(error: ScenarioError) -> FwiError {
        FwiError::Scenario(Box::new(error))
    }
}

/// An error in a scenario, with its position.
#[derive(Debug)]
pub struct ScenarioError {
    /// The scenario file.
    pub file: PathBuf,
    /// The key of the value.
    pub key: KeyPath,
    /// What is wrong.
    pub problem: Problem,
    /// Its position, if it has one.
    pub position: Option<Position>,
    line: String,
    raw: Option<String>,
}

impl ScenarioError {
    /// Finds the position of the value in the text of the scenario.
    #[must_use]
    pub fn new(file: PathBuf, text: &str, key: KeyPath, problem: Problem) -> ScenarioError {
        let document = Document::parse(text);
        let position = document.as_ref().map(|document| match problem {
            Problem::UnknownKey { .. } | Problem::DuplicateKey | Problem::UnknownChoice { .. } => {
                document.key(&key)
            }
            _ => document.value(&key),
        });
        let position = position.filter(|_| !key.steps().is_empty());
        let raw = document.and_then(|document| document.scalar(&key).map(str::to_owned));
        ScenarioError { raw, ..ScenarioError::at(file, text, key, problem, position) }
    }

    /// An error whose position is already known.
    #[must_use]
    pub fn at(
        file: PathBuf,
        text: &str,
        key: KeyPath,
        problem: Problem,
        position: Option<Position>,
    ) -> ScenarioError {
        let line = position.and_then(|at| text.lines().nth(at.line - 1)).unwrap_or_default();
        let line = line.replace('\t', " ");
        ScenarioError { file, key, problem, position, line, raw: None }
    }
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
        writeln!(f, ": {}", self.problem.title(&self.key, self.raw.as_deref()))?;
        if let Some(at) = self.position {
            let number = at.line.to_string();
            let gutter = " ".repeat(number.len());
            let skipped = (at.column + at.width).saturating_sub(SHOWN).min(at.column - 1);
            let shown: String = self.line.chars().skip(skipped).take(SHOWN).collect();
            let width = at.width.min(SHOWN);
            writeln!(f, "{gutter} |")?;
            writeln!(f, "{}", format!("{number} | {shown}").trim_end())?;
            writeln!(f, "{gutter} | {}{}", " ".repeat(at.column - 1 - skipped), "^".repeat(width))?;
        }
        let Explanation { found, expected, help } = self.problem.explain(&self.key);
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
