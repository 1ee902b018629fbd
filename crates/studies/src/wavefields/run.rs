//! The results of a scenario of wavefields.

use fd::Grid;

use experiments::wavefields::Fields;
use experiments::wavefields::outcome::{FieldRow, FieldSummary};
use experiments::wavefields::truth::Truth;

/// The contents of a report of wavefields.
pub(crate) struct FieldRun {
    /// The scenario's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// One paragraph of description.
    pub description: String,
    /// The grid on which fields are shown.
    pub grid: Grid,
    /// The true fields.
    pub truth: Truth,
    /// The fields, in the scenario's order.
    pub found: Vec<(FieldSummary, Fields, Vec<FieldRow>)>,
    /// Facts in the order shown.
    pub facts: Vec<(String, String)>,
}

impl FieldRun {
    /// The source whose fields are shown: the middle one.
    #[must_use]
    pub(crate) fn shown_source(&self) -> usize {
        self.truth.fields.len() / 2
    }
}
