//! Lines of a keyword and a text.

use std::fmt::Write;

/// A text of lines.
pub(super) struct Page {
    pub(super) text: String,
    /// Columns of the keywords.
    pub(super) width: usize,
}

impl Page {
    pub(super) fn line(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.text, "{what:<width$} {text}", width = self.width);
    }
}
