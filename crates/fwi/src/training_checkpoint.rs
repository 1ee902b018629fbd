//! Checkpoints of a training: one file that `--resume` continues from, to the same numbers as if it had not been stopped.

use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use fields::checkpoint::Checkpoint;
use fields::{Architecture, FieldsError, Network, Optimizer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::clock::Clock;
use crate::watch;

/// The file in the folder of a fit or a wavefield.
pub const CHECKPOINT: &str = "checkpoint.safetensors";

/// Names of the network, of the rows of numbers and of the fact in a file.
const NETWORK: &str = "network";
const STEPS: &str = "steps";
const RESIDUAL: &str = "residual";
const MEMORY: &str = "memory";
const COURSE: &str = "course";

/// Where a training stands after so many steps.
#[derive(Debug, Clone)]
pub struct State(Checkpoint);

impl State {
    /// After so many steps, with the residual before the last one and what the objective remembers.
    pub(crate) fn new(
        steps: usize,
        residual: Option<f64>,
        network: &Network,
        optimizer: &dyn Optimizer,
        memory: &[f32],
    ) -> State {
        let notes = format!("after {steps} steps; the same command with --resume continues from here");
        State(
            Checkpoint::new(&notes)
                .with_network(NETWORK, network)
                .with_optimizer(optimizer)
                .with_numbers(STEPS, vec![steps as f64])
                .with_numbers(RESIDUAL, residual.into_iter().collect())
                .with_numbers(MEMORY, memory.iter().copied().map(f64::from).collect()),
        )
    }
}

/// What was saved of a training.
#[derive(Debug, Clone)]
pub struct Saved {
    path: PathBuf,
    checkpoint: Checkpoint,
    /// Steps done.
    pub(crate) steps: usize,
}

impl Saved {
    fn read(path: &Path) -> Result<Saved, FieldsError> {
        let mut saved = Saved { path: path.to_owned(), checkpoint: Checkpoint::read(path)?, steps: 0 };
        saved.steps = match saved.row(STEPS) {
            [steps] => *steps as usize,
            _ => {
                let reason = "it is not a checkpoint of a training".to_owned();
                return Err(FieldsError::CheckpointFormat { path: path.to_owned(), reason });
            }
        };
        Ok(saved)
    }

    fn row(&self, wanted: &str) -> &[f64] {
        self.checkpoint.row(wanted).unwrap_or_default()
    }

    /// The residual before the last step.
    pub(crate) fn residual(&self) -> Option<f64> {
        self.row(RESIDUAL).first().copied()
    }

    /// What the objective remembered.
    pub(crate) fn memory(&self) -> Vec<f32> {
        self.row(MEMORY).iter().map(|value| *value as f32).collect()
    }

    /// The network, with the optimiser put back where it was.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointArchitecture`], [`FieldsError::CheckpointOptimizer`].
    pub(crate) fn restore(
        &self,
        expected: &Architecture,
        device: &Device,
        optimizer: &mut dyn Optimizer,
    ) -> Result<Network, FieldsError> {
        self.checkpoint.restore(optimizer, &self.path)?;
        self.checkpoint.network(NETWORK, expected, device, &self.path)
    }
}

/// What a checkpoint holds of the time and the history before it.
#[derive(Debug, Deserialize)]
struct CourseSoFar<R> {
    wall_s: f64,
    cpu_s: f64,
    history: Vec<R>,
}

/// The checkpoint file of one training.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    from: Option<Saved>,
    saved: Instant,
    /// That it could not be written is said once.
    warned: bool,
}

impl CheckpointFile {
    /// A file that will be written; with `resume` what is there is read first.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointFormat`] for a file that is truncated, damaged or something else.
    pub fn new(path: PathBuf, resume: bool) -> Result<CheckpointFile, FieldsError> {
        let from = (resume && path.exists()).then(|| Saved::read(&path)).transpose()?;
        Ok(CheckpointFile { path, from, saved: Instant::now(), warned: false })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Time and history up to what was read, whose rows are at these steps.
    fn course<R: DeserializeOwned>(&self, step: impl Fn(&R) -> u64) -> Option<CourseSoFar<R>> {
        let saved = self.from.as_ref()?;
        let mut course: CourseSoFar<R> = serde_json::from_value(saved.checkpoint.fact(COURSE)?).ok()?;
        course.history.retain(|row| step(row) <= saved.steps as u64);
        Some(course)
    }

    /// Writes a state.
    fn write(&mut self, state: State, course: &serde_json::Value) {
        let checkpoint = state.0.with_fact(COURSE, course);
        let folder = self.path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder
            .map_err(|error| error.to_string())
            .and_then(|()| checkpoint.write(&self.path).map_err(|error| error.to_string()));
        if let Err(message) = written
            && !std::mem::replace(&mut self.warned, true)
        {
            eprintln!("warning: checkpoint not written: {message}");
        }
        self.saved = Instant::now();
    }

    /// Takes the file away.
    pub(crate) fn remove(&self) {
        // One that is not there is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The time, the history and the checkpoints of a training.
pub trait Record {
    /// Wall time so far, s, without that of measuring.
    fn wall_s(&self) -> f64;

    /// Keeps where the training stands, at the end of a run (`last`) and from time to time.
    fn keep(&mut self, last: bool, state: &dyn Fn() -> State);

    /// What an earlier run has kept.
    fn saved(&self) -> Option<&Saved>;
}

/// Nothing is recorded.
impl Record for () {
    fn wall_s(&self) -> f64 {
        0.0
    }

    fn keep(&mut self, _last: bool, _state: &dyn Fn() -> State) {}

    fn saved(&self) -> Option<&Saved> {
        None
    }
}

/// The record whose history has rows `R`.
pub(crate) struct Rows<'a, R> {
    pub(crate) clock: Clock,
    pub(crate) history: Vec<R>,
    file: &'a mut CheckpointFile,
}

impl<'a, R: DeserializeOwned> Rows<'a, R> {
    /// Goes on from where the file says; rows are at these steps.
    pub(crate) fn new(file: &'a mut CheckpointFile, step: impl Fn(&R) -> u64) -> Self {
        let before =
            file.course(step).unwrap_or(CourseSoFar { wall_s: 0.0, cpu_s: 0.0, history: Vec::new() });
        Self { clock: Clock::from(before.wall_s, before.cpu_s), history: before.history, file }
    }
}

impl<R: Serialize> Record for Rows<'_, R> {
    fn wall_s(&self) -> f64 {
        self.clock.wall_s()
    }

    fn keep(&mut self, last: bool, state: &dyn Fn() -> State) {
        if last || self.file.saved.elapsed() > watch::EVERY {
            let (wall_s, cpu_s) = (self.clock.wall_s(), self.clock.cpu_s());
            let course = json!({ "wall_s": wall_s, "cpu_s": cpu_s, "history": self.history });
            self.file.write(state(), &course);
        }
    }

    fn saved(&self) -> Option<&Saved> {
        self.file.from.as_ref()
    }
}
