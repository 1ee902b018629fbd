//! The progress of a computation.

use std::time::Instant;

/// The progress of a computation.
#[derive(Debug, Clone, Default)]
pub struct ProgressState {
    /// The counted unit, if it differs from the usual unit of the computation.
    pub unit: Option<&'static str>,
    /// Number of finished steps.
    pub done: u64,
    /// Number of planned steps.
    pub planned: u64,
    /// Time so far, s.
    pub wall_s: f64,
    /// The quality of the current result in words.
    pub words: String,
    /// The quality of the current result as named numbers.
    pub numbers: Vec<(&'static str, Option<f64>)>,
}

impl ProgressState {
    /// The progress of a computation that began at `started`.
    #[must_use]
    pub fn of(done: usize, planned: usize, started: Instant) -> ProgressState {
        let wall_s = started.elapsed().as_secs_f64();
        ProgressState { done: done as u64, planned: planned as u64, wall_s, ..ProgressState::default() }
    }
}

/// Shows the progress of a computation if it is due. It calls its argument only then.
pub type ShowProgress<'a> = &'a mut dyn FnMut(&dyn Fn() -> ProgressState);
