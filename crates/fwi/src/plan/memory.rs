//! Networks that need more memory than a machine has.

use document::numbers::bytes;
use document::{Message, Problem, Subject};

/// A network that needs too much memory.
#[derive(Debug)]
pub(super) struct NetworkTooLarge {
    /// What it needs, bytes.
    pub(super) needed: f64,
    /// Most that it may need, bytes.
    pub(super) most: f64,
    /// Whether a step of its training needs that, which takes less for a batch.
    pub(super) step: bool,
}

impl Problem for NetworkTooLarge {
    fn message(&self, subject: &Subject) -> Message {
        let (what, help) = if self.step {
            (" for one step", "lower `width` or `layers`, or give a `batch`")
        } else {
            ("", "lower `width` or `layers`")
        };
        Message::new(format!("{subject} is too large"))
            .found(format!("{}{what}", bytes(self.needed)))
            .expected(format!("at most {}", bytes(self.most)))
            .help(help)
    }
}
