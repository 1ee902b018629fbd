//! Checkpoints: one file that a computation goes on from, to the same numbers as if it had not been stopped.
//!
//! A [`fields::checkpoint`] file with the networks, their optimisers and rows of numbers, and two facts: `state` (what
//! the computation was, and how far) and `record` (its time, its cost and its history so far). It is replaced as a whole,
//! so that whenever the program dies, one whole checkpoint is there.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use fields::checkpoint::Checkpoint;
use fields::{Architecture, FieldsError, Network, Optimizer};
use optimise::State as OptimizerState;
use serde::{Deserialize, Serialize};

use survey::atomic;

/// The name of the file in the folder of what is computed.
pub const CHECKPOINT: &str = "checkpoint.safetensors";

/// Time from one checkpoint to the next.
const EVERY: Duration = Duration::from_secs(20);

/// Names of facts.
const STATE: &str = "state";
const RECORD: &str = "record";

/// Names of the rows of a grid; those of the optimiser begin with its prefix.
const CONTRAST: &str = "contrast";
const MISFIT: &str = "data misfit";
const ILLUMINATION: &str = "illumination";
const OPTIMIZER: &str = "optimizer: ";

/// The state of an inversion on a grid after an iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct GridState {
    /// Stage, from 0.
    pub stage: usize,
    /// Iterations done in the stage.
    pub step: usize,
    /// Relative misfit of the total field.
    pub data_misfit: f64,
    /// The contrast of squared slowness, `[node]`.
    pub contrast: Vec<f64>,
    /// Name of the optimiser.
    pub optimizer: String,
    /// The state of the optimiser.
    pub optimizer_state: OptimizerState<f64>,
    /// Energy of the wavefields at the start of the stage, `[z, x]`, if gradients are weighted by it.
    pub illumination: Option<Vec<f64>>,
}

/// A network's name, the network and its optimiser.
pub type Trained<'a> = (&'static str, &'a Network, &'a dyn Optimizer);

/// State that a computation can be continued from.
pub enum State<'a> {
    /// Networks with their optimisers and further numbers.
    Networks {
        /// Each with its optimiser.
        networks: Vec<Trained<'a>>,
        /// Named rows of numbers beside them, such as the level parameters.
        extras: Vec<(&'static str, Vec<f64>)>,
    },
    /// A grid with its optimiser.
    Grid(GridState),
}

/// What the fact `state` holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Notes {
    iteration: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid: Option<GridNotes>,
    /// What was computed: a digest of its settings.
    #[serde(default)]
    digest: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct GridNotes {
    stage: usize,
    step: usize,
    optimizer: String,
}

/// Numbers of single precision in double precision, which gives them back exactly.
#[must_use]
pub fn doubles(row: &[f32]) -> Vec<f64> {
    row.iter().copied().map(f64::from).collect()
}

/// A state, in memory.
#[derive(Debug, Clone)]
pub struct CheckpointState {
    checkpoint: Checkpoint,
    notes: Notes,
}

impl CheckpointState {
    /// A state after so many iterations.
    #[must_use]
    pub fn new(iteration: usize, state: &State) -> CheckpointState {
        let text = format!("after {iteration} iterations; the same command with --resume goes on from here");
        let mut checkpoint = Checkpoint::new(&text);
        let mut notes = Notes { iteration, ..Notes::default() };
        match state {
            State::Networks { networks, extras } => {
                for (name, network, optimizer) in networks {
                    checkpoint = checkpoint.with_network(name, network).with_optimizer(name, *optimizer);
                }
                for (name, row) in extras {
                    checkpoint = checkpoint.with_numbers(name, row.clone());
                }
            }
            State::Grid(grid) => {
                let GridState { stage, step, optimizer, .. } = grid;
                notes.grid = Some(GridNotes { stage: *stage, step: *step, optimizer: optimizer.clone() });
                checkpoint = checkpoint
                    .with_numbers(CONTRAST, grid.contrast.clone())
                    .with_numbers(MISFIT, vec![grid.data_misfit]);
                if let Some(illumination) = &grid.illumination {
                    checkpoint = checkpoint.with_numbers(ILLUMINATION, illumination.clone());
                }
                for (name, row) in &grid.optimizer_state {
                    checkpoint = checkpoint.with_numbers(&format!("{OPTIMIZER}{name}"), row.clone());
                }
            }
        }
        CheckpointState { checkpoint, notes }
    }
}

/// A state that was read; the default is that of a computation that begins.
#[derive(Debug, Clone, Default)]
pub struct SavedCheckpoint {
    path: PathBuf,
    checkpoint: Checkpoint,
    notes: Notes,
    /// Iterations done.
    pub iteration: usize,
    /// The state of a grid.
    pub grid: Option<GridState>,
}

impl SavedCheckpoint {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`FieldsError::File`]; [`FieldsError::CheckpointFormat`] for a file that is truncated, damaged or something else.
    pub fn read(path: &Path) -> Result<SavedCheckpoint, FieldsError> {
        let damaged =
            |reason: &str| FieldsError::CheckpointFormat { path: path.to_owned(), reason: reason.to_owned() };
        let checkpoint = Checkpoint::read(path)?;
        let state = checkpoint.fact(STATE).ok_or_else(|| damaged("it is no checkpoint of a run"))?;
        let notes: Notes = serde_json::from_value(state).map_err(|e| damaged(&e.to_string()))?;
        let row = |name: &str| checkpoint.row(name).map(<[f64]>::to_vec);
        let learnt =
            |(name, row): &(String, Vec<f64>)| Some((name.strip_prefix(OPTIMIZER)?.to_owned(), row.clone()));
        let grid = match &notes.grid {
            None => None,
            Some(GridNotes { stage, step, optimizer }) => Some(GridState {
                stage: *stage,
                step: *step,
                data_misfit: row(MISFIT)
                    .and_then(|row| row.first().copied())
                    .ok_or_else(|| damaged("it holds no data misfit"))?,
                contrast: row(CONTRAST).ok_or_else(|| damaged("it holds no contrast"))?,
                optimizer: optimizer.clone(),
                optimizer_state: checkpoint.numbers().iter().filter_map(learnt).collect(),
                illumination: row(ILLUMINATION),
            }),
        };
        if grid.is_none() && checkpoint.architectures().is_empty() {
            return Err(damaged("it holds neither networks nor a grid"));
        }
        Ok(SavedCheckpoint { path: path.to_owned(), iteration: notes.iteration, checkpoint, notes, grid })
    }

    /// The digest of the settings of what was computed.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.notes.digest
    }

    /// Whether there is a state of networks.
    #[must_use]
    pub fn has_networks(&self) -> bool {
        !self.checkpoint.architectures().is_empty()
    }

    /// The saved network of that name, which must have that architecture, and its optimiser's state put back; `None`
    /// where none was saved.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointArchitecture`], [`FieldsError::CheckpointOptimizer`].
    pub fn network(
        &self,
        name: &str,
        expected: &Architecture,
        device: &Device,
        optimizer: &mut dyn Optimizer,
    ) -> Result<Option<Network>, FieldsError> {
        if !self.checkpoint.architectures().iter().any(|(found, _)| *found == name) {
            return Ok(None);
        }
        self.checkpoint.restore(name, optimizer, &self.path)?;
        self.checkpoint.network(name, expected, device, &self.path).map(Some)
    }

    /// The architecture of the saved network of that name.
    #[must_use]
    pub fn architecture(&self, name: &str) -> Option<Architecture> {
        self.checkpoint.architectures().into_iter().find(|(found, _)| *found == name).map(|(_, of)| of)
    }

    /// The row of numbers of that name.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&[f64]> {
        self.checkpoint.row(name)
    }

    /// The row of numbers of that name in single precision, empty where there is none.
    #[must_use]
    pub fn singles(&self, name: &str) -> Vec<f32> {
        self.extra(name).unwrap_or_default().iter().map(|value| *value as f32).collect()
    }

    /// The time, the cost and the history up to this state.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointFormat`] for a record of another kind of computation.
    pub fn record<R: serde::de::DeserializeOwned>(&self) -> Result<Record<R>, FieldsError> {
        let wrong = |reason: String| FieldsError::CheckpointFormat { path: self.path.clone(), reason };
        let fact = self.checkpoint.fact(RECORD).ok_or_else(|| wrong("it holds no history".to_owned()))?;
        serde_json::from_value(fact).map_err(|error| wrong(error.to_string()))
    }
}

/// Time, cost and history of a computation so far; rows are of type `R`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record<R> {
    /// Wall time, s.
    pub wall_s: f64,
    /// Processor time of all threads, s.
    pub cpu_s: f64,
    /// Wavefields computed by a solver.
    pub solves: u64,
    /// How it went.
    pub history: Vec<R>,
}

impl<R> Default for Record<R> {
    fn default() -> Self {
        Self { wall_s: 0.0, cpu_s: 0.0, solves: 0, history: Vec::new() }
    }
}

/// The checkpoint file of one computation.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    digest: String,
    from: Option<SavedCheckpoint>,
    written: Instant,
    /// That it could not be written is said once.
    warned: bool,
}

impl CheckpointFile {
    /// A file for the computation of these settings; with `resume` the state that is there is read first.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointFormat`] for a file that is truncated, damaged or something else.
    pub fn new(path: PathBuf, digest: &str, resume: bool) -> Result<CheckpointFile, FieldsError> {
        let from = (resume && path.exists()).then(|| SavedCheckpoint::read(&path)).transpose()?;
        Ok(CheckpointFile { path, digest: digest.to_owned(), from, written: Instant::now(), warned: false })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The state that was read.
    #[must_use]
    pub fn saved(&self) -> Option<&SavedCheckpoint> {
        self.from.as_ref()
    }

    /// Whether it is time for another checkpoint.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.written.elapsed() > EVERY
    }

    /// Replaces the file by another state with its record. That it cannot be written is a warning: the work goes on, and
    /// the checkpoint of before stays.
    pub fn write<R: Serialize>(&mut self, kept: CheckpointState, record: &Record<R>) {
        let notes = Notes { digest: self.digest.clone(), ..kept.notes };
        let json = |value: serde_json::Result<serde_json::Value>| value.map_err(|error| error.to_string());
        let written = json(serde_json::to_value(notes)).and_then(|notes| {
            let record = json(serde_json::to_value(record))?;
            let checkpoint = kept.checkpoint.with_fact(STATE, &notes).with_fact(RECORD, &record);
            atomic::write_bytes(&self.path, &checkpoint.to_bytes()).map_err(|error| error.to_string())
        });
        if let Err(message) = written
            && !std::mem::replace(&mut self.warned, true)
        {
            machine::say!("warning: no checkpoint: {message}");
        }
        self.written = Instant::now();
    }

    /// Takes the file away.
    pub fn remove(&self) {
        // One that is not there is as good.
        let _ = std::fs::remove_file(&self.path);
    }
}
