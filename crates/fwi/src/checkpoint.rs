//! Checkpoints of inversions: a folder from which a run continues to the same numbers as if it had not been stopped.
//!
//! `state.json` lists the contents. Each network, or the grid, is a [`fields::checkpoint`] file in the same folder.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use fields::checkpoint::Checkpoint;
use fields::{Architecture, FieldsError, Network};
use serde::{Deserialize, Serialize};

use crate::atomic;
use crate::grid_optimizer::Memory;
use crate::inversion::{Rows, State};

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
    pub memory: Memory,
    /// Energy of the wavefields at the start of the stage, `[z, x]`, if gradients are weighted by it.
    pub illumination: Option<Vec<f64>>,
}

/// A saved state.
#[derive(Debug, Default)]
pub struct Resume {
    /// Iterations done.
    pub iteration: usize,
    /// Networks with their optimisers, by name, and their files.
    networks: Vec<(String, PathBuf, Checkpoint)>,
    /// Named rows of numbers.
    pub extras: Rows,
    /// The state of a grid.
    pub grid: Option<GridState>,
}

impl Resume {
    /// Whether there is a state of networks.
    #[must_use]
    pub fn has_networks(&self) -> bool {
        !self.networks.is_empty()
    }

    /// The saved network with this name, which must have the expected architecture; its optimiser's state is
    /// restored. `None` if none was saved.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointArchitecture`], [`FieldsError::CheckpointOptimizer`] and those of reading.
    pub fn network(
        &self,
        name: &str,
        expected: &Architecture,
        device: &Device,
        optimizer: &mut dyn fields::Optimizer,
    ) -> Result<Option<Network>, FieldsError> {
        let Some((_, path, saved)) = self.networks.iter().find(|(found, ..)| found == name) else {
            return Ok(None);
        };
        saved.restore(optimizer, path)?;
        saved.network(name, expected, device, path).map(Some)
    }

    /// The row of numbers with this name.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&[f32]> {
        self.extras.iter().find(|(found, _)| found == name).map(|(_, row)| &row[..])
    }
}

/// The contents of `state.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Notes {
    iteration: usize,
    networks: Vec<String>,
    extras: Rows,
    grid: Option<GridNotes>,
}

#[derive(Debug, Serialize, Deserialize)]
struct GridNotes {
    stage: usize,
    step: usize,
    optimizer: String,
}

/// Names of the rows in a grid's file. Those of the optimiser start with its prefix.
const CONTRAST: &str = "contrast";
const MISFIT: &str = "data misfit";
const ILLUMINATION: &str = "illumination";
const OPTIMIZER: &str = "optimizer: ";

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.safetensors"))
}

/// Writes a state after `iteration` iterations.
///
/// # Errors
/// The message of the operating system, as text for a warning; the run continues.
pub fn write(folder: &Path, iteration: usize, state: &State) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut notes = Notes { iteration, ..Notes::default() };
    let keep = |name: &str, checkpoint: Checkpoint| {
        checkpoint.write(&file(folder, name)).map_err(|error| error.to_string())
    };
    let empty = || Checkpoint::new(&iteration.to_string());
    match state {
        State::Networks { networks, extras } => {
            notes.extras = extras.iter().map(|(name, row)| ((*name).to_owned(), row.clone())).collect();
            for (name, network, optimizer) in networks {
                keep(name, empty().with_network(name, network).with_optimizer(*optimizer))?;
                notes.networks.push((*name).to_owned());
            }
        }
        State::Grid(grid) => {
            let GridState { stage, step, optimizer, .. } = grid;
            notes.grid = Some(GridNotes { stage: *stage, step: *step, optimizer: optimizer.clone() });
            let mut saved = empty()
                .with_numbers(CONTRAST, grid.contrast.clone())
                .with_numbers(MISFIT, vec![grid.data_misfit]);
            if let Some(illumination) = &grid.illumination {
                saved = saved.with_numbers(ILLUMINATION, illumination.clone());
            }
            for (name, row) in &grid.memory {
                saved = saved.with_numbers(&format!("{OPTIMIZER}{name}"), row.clone());
            }
            keep("grid", saved)?;
        }
    }
    let text = serde_json::to_vec(&notes).map_err(|e| e.to_string())?;
    atomic::write_bytes(&folder.join("state.json"), &text).map_err(|e| e.to_string())
}

/// Reads the checkpoint of an inversion; `None` if there is none.
///
/// # Errors
/// [`FieldsError`] for a checkpoint that is truncated, damaged or lacks a file.
pub fn read(folder: &Path) -> Result<Option<Resume>, FieldsError> {
    let path = folder.join("state.json");
    let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
    let damaged = |reason: String| FieldsError::CheckpointFormat { path: path.clone(), reason };
    let notes: Notes = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    let open = |name: &str| -> Result<(PathBuf, Checkpoint), FieldsError> {
        let path = file(folder, name);
        let saved = Checkpoint::read(&path)?;
        if saved.notes != notes.iteration.to_string() {
            let reason = format!("{name} belongs to iteration {}, not {}", saved.notes, notes.iteration);
            return Err(damaged(reason));
        }
        Ok((path, saved))
    };
    let mut resume = Resume { iteration: notes.iteration, extras: notes.extras, ..Resume::default() };
    for name in &notes.networks {
        let (path, saved) = open(name)?;
        resume.networks.push((name.clone(), path, saved));
    }
    if let Some(GridNotes { stage, step, optimizer }) = notes.grid {
        let (path, saved) = open("grid")?;
        let lacks = |name: &str| FieldsError::CheckpointFormat {
            path: path.clone(),
            reason: format!("it contains no {name}"),
        };
        let learnt =
            |(name, row): &(String, Vec<f64>)| Some((name.strip_prefix(OPTIMIZER)?.to_owned(), row.clone()));
        resume.grid = Some(GridState {
            stage,
            step,
            data_misfit: *saved.row(MISFIT).and_then(|row| row.first()).ok_or_else(|| lacks(MISFIT))?,
            contrast: saved.row(CONTRAST).ok_or_else(|| lacks(CONTRAST))?.to_vec(),
            optimizer,
            memory: saved.numbers().iter().filter_map(learnt).collect(),
            illumination: saved.row(ILLUMINATION).map(<[f64]>::to_vec),
        });
    }
    if resume.networks.is_empty() && resume.grid.is_none() {
        return Err(damaged("it names neither networks nor a grid".to_owned()));
    }
    Ok(Some(resume))
}
