//! Steps of the processing that do not suit the survey.

use document::{Message, Problem, Subject};

/// A shot or receiver that the survey does not have.
#[derive(Debug)]
pub(super) struct NoSuchTrace {
    /// `shot` or `receiver`.
    pub(super) what: &'static str,
    /// Its index.
    pub(super) index: usize,
    /// How many there are.
    pub(super) count: usize,
}

impl Problem for NoSuchTrace {
    fn message(&self, subject: &Subject) -> Message {
        let Self { what, index, count } = self;
        let place = if *what == "receiver" { " of each shot" } else { "" };
        Message::new(format!("{} is not a {what} of the survey", subject.key))
            .found(index.to_string())
            .expected(format!("0 to {}: the survey has {count} {what}s{place}", count - 1))
            .help("indices begin at 0")
    }
}

/// A list with another length than the number of receivers.
#[derive(Debug)]
pub(super) struct AnotherCount {
    /// Its length.
    pub(super) found: usize,
    /// The number of receivers.
    pub(super) receivers: usize,
}

impl Problem for AnotherCount {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} has not one number for each receiver", subject.key))
            .found(format!("{} numbers", self.found))
            .expected(format!("{}, one for each receiver of a shot", self.receivers))
            .help("`fwi calibrate` writes such a list")
    }
}
