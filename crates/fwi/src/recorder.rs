//! Time, history and checkpoints of what is solved step by step.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checkpoint::{CheckpointFile, CheckpointState, Record, SavedCheckpoint};
use crate::clock::Clock;
use crate::inversion::InversionError;
use crate::network_training::Recorder;

/// Records rows `R`.
pub struct Rows<R> {
    /// The time so far.
    pub clock: Clock,
    /// The rows so far.
    pub history: Vec<R>,
    /// Wavefields computed by a solver before an interruption.
    pub solved_before: u64,
    /// The checkpoint file.
    pub file: CheckpointFile,
}

impl<R: DeserializeOwned> Rows<R> {
    /// Goes on from the state that the file was opened with; `step` is the step of a row.
    ///
    /// # Errors
    /// [`InversionError::Fields`] for a checkpoint whose history cannot be read.
    pub fn new(file: CheckpointFile, step: impl Fn(&R) -> u64) -> Result<Self, InversionError> {
        let mut before: Record<R> = Record::default();
        if let Some(saved) = file.saved() {
            before = saved.record()?;
            before.history.retain(|row| step(row) <= saved.iteration as u64);
        }
        Ok(Self {
            clock: Clock::from(before.wall_s, before.cpu_s),
            history: before.history,
            solved_before: before.solves,
            file,
        })
    }
}

impl<R: Serialize + Clone> Rows<R> {
    /// Writes a state, with so many solves since the start or the interruption.
    pub fn write(&mut self, kept: CheckpointState, solves: u64) {
        let record = Record {
            wall_s: self.clock.wall_s(),
            cpu_s: self.clock.cpu_s(),
            solves: self.solved_before + solves,
            history: self.history.clone(),
        };
        self.file.write(kept, &record);
    }
}

impl<R: Serialize + Clone> Recorder for Rows<R> {
    fn wall_s(&self) -> f64 {
        self.clock.wall_s()
    }

    fn keep(&mut self, last: bool, state: &dyn Fn() -> CheckpointState) {
        if last || self.file.is_due() {
            self.write(state(), 0);
        }
    }

    fn saved(&self) -> Option<&SavedCheckpoint> {
        self.file.saved()
    }
}
