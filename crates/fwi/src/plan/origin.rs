//! Where a plan comes from: file, text, name, and where its results go.

use std::path::{Path, PathBuf};

use document::{Fault, ScenarioError};

use crate::error::FwiError;

/// The file behind a plan.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The scenario file.
    pub file: PathBuf,
    /// Its text, as typed.
    pub text: String,
    /// Name of the scenario.
    pub name: String,
    /// Where results go: `runs/<name>` unless something else is asked for.
    pub directory: PathBuf,
}

impl Origin {
    /// The origin of a scenario of a name, its results under `runs`.
    pub(super) fn new(file: &Path, text: &str, name: &str) -> Origin {
        Origin {
            file: file.to_owned(),
            text: text.to_owned(),
            name: name.to_owned(),
            directory: PathBuf::from("runs").join(name),
        }
    }

    /// The comment at the top of the scenario, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        description(&self.text)
    }

    /// A fault of this scenario with its place in the file, for checks that need more than the plan.
    #[must_use]
    pub fn fault(&self, fault: Fault) -> FwiError {
        ScenarioError::new(self.file.clone(), &self.text, fault).into()
    }
}

/// The text of a scenario file.
pub(crate) fn text_of(path: &Path) -> Result<String, FwiError> {
    let no_scenario = |source| FwiError::NoScenario { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(no_scenario)?;
    String::from_utf8(bytes)
        .map_err(|_| no_scenario(std::io::Error::new(std::io::ErrorKind::InvalidData, "not a text file")))
}

/// The comment at the top of a text, as one paragraph.
pub(super) fn description(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Creates a run directory and makes sure that files can be written there, before any work is done.
pub(crate) fn prepare(directory: &Path) -> Result<(), FwiError> {
    let unwritable = |source| FwiError::Unwritable { path: directory.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(unwritable)?;
    tempfile::NamedTempFile::new_in(directory).map(drop).map_err(unwritable)
}
