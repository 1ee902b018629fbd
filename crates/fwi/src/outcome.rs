//! What an inversion leaves behind, and the comparison of several.

use fields::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::gathers::ShotGather;
use crate::history::HistoryRow;
use crate::metrics::{Disc, Metrics};
use crate::model::Model;
use crate::model_io::ComplexField;
use crate::summary::{InversionSummary, Status, Summary};
use crate::survey::Survey;

/// One inversion, ended one way or another.
#[derive(Debug, Clone)]
pub struct RunOutcome {
    /// Its name in the scenario, and of its folder.
    pub name: String,
    /// Its method in the scenario.
    pub method: String,
    /// How it ended.
    pub status: Status,
    /// Iterations (optimiser steps) done.
    pub iterations: u64,
    /// Why it stopped, in words.
    pub stopped_because: String,
    /// Wall time, s.
    pub wall_s: f64,
    /// CPU time of all threads, s.
    pub cpu_s: f64,
    /// Wavefields computed by a solver, forward and adjoint.
    pub pde_solves: u64,
    /// Where it ran.
    pub device: String,
    /// What it reached.
    pub metrics: Metrics,
    /// The velocity found; the last good one when it diverged, none when it failed before the first.
    pub model: Option<Model>,
    /// How it went.
    pub history: Vec<HistoryRow>,
    /// Its wavefield of one shot and frequency.
    pub wavefield: Option<ComplexField>,
    /// Its traces of one shot, for equations in time.
    pub gather: Option<ShotGather>,
    /// Its networks, for methods that have some.
    pub networks: Option<Checkpoint>,
}

/// Everything a comparison and its report show, and nothing they have to compute with a solver.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's text, resolved and complete.
    pub scenario_text: String,
    /// The true model, when there is one.
    pub truth: Option<Model>,
    /// The starting model.
    pub initial: Option<Model>,
    /// The true wavefield of the same shot and frequency as the inversions' own.
    pub true_wavefield: Option<ComplexField>,
    /// Observed traces of the same shot as the inversions' own.
    pub observed: Option<ShotGather>,
    /// Sources and receivers.
    pub survey: Option<Survey>,
    /// What is known of the run besides.
    pub information: RunInformation,
    /// The inversions, in the scenario's order.
    pub outcomes: Vec<RunOutcome>,
}

/// What is known of a run besides its results; `run.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunInformation {
    /// One paragraph on what the scenario is about.
    pub description: String,
    /// The true disc, when that is the truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disc: Option<Disc>,
    /// Facts in the order shown, for example ("threads", "2").
    pub facts: Vec<(String, String)>,
}

impl RunOutcome {
    /// The entry of this inversion in `summary.json`.
    #[must_use]
    pub fn summary(&self) -> InversionSummary {
        InversionSummary {
            name: self.name.clone(),
            method: self.method.clone(),
            status: self.status,
            iterations: self.iterations,
            stopped_because: self.stopped_because.clone(),
            wall_s: self.wall_s,
            cpu_s: self.cpu_s,
            pde_solves: self.pde_solves,
            device: self.device.clone(),
            metrics: self.metrics,
        }
    }

    /// An outcome from its entry in `summary.json`, without the files of its folder.
    #[must_use]
    pub fn from_summary(entry: InversionSummary) -> RunOutcome {
        RunOutcome {
            name: entry.name,
            method: entry.method,
            status: entry.status,
            iterations: entry.iterations,
            stopped_because: entry.stopped_because,
            wall_s: entry.wall_s,
            cpu_s: entry.cpu_s,
            pde_solves: entry.pde_solves,
            device: entry.device,
            metrics: entry.metrics,
            model: None,
            history: Vec::new(),
            wavefield: None,
            gather: None,
            networks: None,
        }
    }
}

impl Comparison {
    /// What `summary.json` says of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::new(&*self.scenario, self.outcomes.iter().map(RunOutcome::summary).collect())
    }
}
