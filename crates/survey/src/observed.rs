//! Observed data, at frequencies or in time.

use crate::dataset::Dataset;
use crate::gathers::GatherFile;
use crate::survey::Survey;

/// Observed data: in memory if they are few numbers, otherwise in their file.
#[derive(Debug, Clone)]
pub enum Observed {
    /// At frequencies.
    Frequencies(Dataset),
    /// In time.
    Times(GatherFile),
}

impl Observed {
    /// The text of the scenario that they come from, or where they were imported from.
    #[must_use]
    pub fn scenario(&self) -> &str {
        match self {
            Self::Frequencies(data) => &data.scenario,
            Self::Times(file) => &file.header.scenario,
        }
    }

    /// Sources and receivers.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        match self {
            Self::Frequencies(data) => &data.survey,
            Self::Times(file) => &file.header.survey,
        }
    }
}
