//! Settings of waves in time at frequencies, and matrices that are too large.

use document::{Message, Problem, Subject};
use survey::memory::Shortage;

/// A setting that exists for waves in time only.
#[derive(Debug)]
pub(super) struct OnlyInTime {
    /// The corresponding setting at frequencies, as YAML; empty where there is none.
    pub(super) instead: &'static str,
}

impl Problem for OnlyInTime {
    fn message(&self, subject: &Subject) -> Message {
        let key = subject.key.last_key().unwrap_or_default();
        let help = match self.instead {
            "" => format!("leave `{key}` out"),
            instead => format!("write `{instead}`"),
        };
        Message::new(format!("{key} is for waves in time, not for physics.waves.frequencies"))
            .found(format!("`{key}`"))
            .expected("settings of waves at frequencies")
            .help(help)
    }
}

/// A matrix that needs more memory than there is.
#[derive(Debug)]
pub(super) struct MatrixTooLarge {
    /// What is needed and what there is.
    pub(super) shortage: Shortage,
    /// Order of accuracy.
    pub(super) order: usize,
}

impl Problem for MatrixTooLarge {
    fn message(&self, subject: &Subject) -> Message {
        let lower = if self.order > 2 { ", lower the order" } else { "" };
        self.shortage.message(subject).help(format!(
            "raise the spacing{lower}, make the box or grid.boundary.cpml.cells smaller, or compute waves in time, which need no matrix"
        ))
    }
}
