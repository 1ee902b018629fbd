//! Observed data, at frequencies or in time.

use crate::dataset::Dataset;
use crate::gathers::GatherFile;
use crate::survey::Survey;

/// Observed data: in memory where they are few numbers, else in their file.
#[derive(Debug, Clone)]
pub enum Observed {
    /// At frequencies.
    Frequencies(Dataset),
    /// In time.
    Times(GatherFile),
}

impl Observed {
    /// Sources and receivers.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        match self {
            Self::Frequencies(data) => &data.survey,
            Self::Times(file) => &file.header.survey,
        }
    }
}
