//! The origin of a plan: file, text, name, and the directory of its results.

use std::path::{Path, PathBuf};

use document::{Fault, ScenarioError};
use survey::data_error::DataError;
use survey::input_file;

use crate::error::FwiError;

/// The file of a plan.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The scenario file.
    pub file: PathBuf,
    /// Its text, as typed.
    pub text: String,
    /// Name of the scenario.
    pub name: String,
    /// Directory of results: `runs/<name>` unless another one is requested.
    pub directory: PathBuf,
    /// Notes for the user that are not errors, in whole sentences.
    pub notes: Vec<String>,
}

impl Origin {
    /// The origin of a scenario with this name, with its results in `runs`.
    pub(super) fn new(file: &Path, text: &str, name: &str) -> Origin {
        Origin {
            file: file.to_owned(),
            text: text.to_owned(),
            name: name.to_owned(),
            directory: PathBuf::from("runs").join(name),
            notes: Vec::new(),
        }
    }

    /// The folder that the files of the scenario are named relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The comment at the top of the scenario, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        description(&self.text)
    }

    /// An error in this scenario with its position in the file, for checks that need more than the plan.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.file.clone(), &self.text, fault).into()
    }
}

/// The text of a scenario file.
pub fn text_of(path: &Path) -> Result<String, FwiError> {
    let no_scenario = |source| FwiError::NoScenario { path: path.to_owned(), source };
    input_file::metadata(path).map_err(|error| match error {
        DataError::Missing { .. } => {
            no_scenario(std::io::Error::new(std::io::ErrorKind::NotFound, "no such file"))
        }
        DataError::Unreadable { source, .. } => no_scenario(source),
        other => FwiError::Data(other),
    })?;
    let bytes = document::parse::read(path).map_err(no_scenario)?;
    Ok(document::parse::decode(bytes, path)?)
}

/// The comment at the top of a text, as one paragraph.
pub(super) fn description(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    // A line for editors says nothing to readers.
    let lines = lines.filter(|line| !line.contains("yaml-language-server:"));
    lines.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Creates a run directory and checks that files can be written there, before any work is done.
pub fn prepare(directory: &Path) -> Result<(), FwiError> {
    survey::atomic::check_writable(directory).map_err(|error| match error {
        DataError::Unwritable { path, source } => FwiError::Unwritable { path, source },
        other => FwiError::Data(other),
    })
}
