//! A finished test of resolution.

use std::path::PathBuf;

use figures::{Scale, robust_amplitude};
use survey::model::Model;
use survey::parameter::Quantity;
use survey::survey::Survey;

use super::measure::Measured;
use super::pattern::Pattern;

/// A finished test.
#[derive(Debug)]
pub struct Finished {
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) quantity: Quantity,
    pub(super) pattern: Pattern,
    pub(super) survey: Survey,
    /// The change that was put in, and the one that was found, relative to the model.
    pub(super) changes: [Model; 2],
    pub(super) measured: Measured,
    pub(super) facts: Vec<(String, String)>,
}

/// The note that belongs to every result.
pub(super) const NOTE: &str = "The data were computed with the equation of the inversion, so this shows what the illumination and the bandwidth of \
                               the survey resolve, and not errors of the physics. A change of another size or shape is resolved differently.";

impl Finished {
    /// What is printed: the facts, the table, and where the page is.
    #[must_use]
    pub fn text(&self) -> String {
        let facts: String = self.facts.iter().map(|(name, text)| format!("{name:>12}  {text}\n")).collect();
        let page = self.folder.join("resolution.html");
        format!("{facts}\n{}\nnote: {NOTE}\npage: {}\n", self.measured.text(&self.pattern), page.display())
    }

    /// The scale of both changes: that of the one that was put in.
    pub(super) fn scale(&self) -> Scale {
        let amplitude = robust_amplitude(self.changes[0].values.iter().copied(), 1.0);
        Scale::signed(amplitude, format!("relative change of {}", self.quantity.words()))
    }
}
