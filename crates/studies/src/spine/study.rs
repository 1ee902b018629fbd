//! What a study is: members that are solved one by one and compared by the same metrics.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::metric::Metric;
use super::options::Options;
use super::progress::Line;
use super::summary::{Member, Summary};
use fwi::checkpoint::CheckpointFile;
use fwi::status::Status;
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::Origin;
use scenario::settings::Settings;

/// Anything that is run and compared.
///
/// The runner calls `begin` once, then for each member either `recall` or `solve` and `write`, and last `draw` and
/// `report`. Results are written before pictures, so that a full disk costs pictures first.
pub trait Study {
    /// The kind.
    fn kind(&self) -> Kind;

    /// The scenario file, its text and name.
    fn origin(&self) -> &Origin;

    /// The scenario with its defaults written out.
    fn scenario(&self) -> Value;

    /// The settings of the study and of its members.
    fn settings(&self) -> Settings {
        Settings::new(self.kind(), &self.scenario(), self.origin().folder())
    }

    /// For each member the name that it shares with its repetitions.
    fn groups(&self) -> Vec<Option<String>> {
        let scenario = self.scenario();
        let members = scenario.get(self.kind().key()).and_then(Value::as_array);
        let group = |member: &Value| member.get("group").and_then(Value::as_str).map(str::to_owned);
        members.into_iter().flatten().map(group).collect()
    }

    /// The metrics of its members, in the order of tables; time and steps are added by the tables.
    fn metrics(&self) -> &'static [Metric];

    /// Finds or makes what all members need (data, truth), and writes what they have in common to the run directory.
    ///
    /// # Errors
    /// [`FwiError`].
    fn begin(&mut self, directory: &Path, options: &Options) -> Result<(), FwiError>;

    /// What results are compared with, in words, and the metrics that the truth itself has; known after `begin`.
    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        (String::new(), BTreeMap::new())
    }

    /// Solves a member, from its checkpoint where there is one.
    ///
    /// # Errors
    /// [`FwiError`]; the members after it are solved nevertheless.
    fn solve(&mut self, index: usize, solving: Solving) -> Result<Ended, FwiError>;

    /// Takes up the result of a member that an earlier run has left in its folder.
    ///
    /// # Errors
    /// What is wrong with a file of it.
    fn recall(&mut self, index: usize, member: &Member, folder: &Path) -> Result<(), FwiError>;

    /// Writes the results of a member that was solved.
    ///
    /// # Errors
    /// [`FwiError::Data`].
    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError>;

    /// Writes the pictures and exports of a member.
    ///
    /// # Errors
    /// [`FwiError::Data`].
    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError>;

    /// Pictures of all members together, in the run directory.
    ///
    /// # Errors
    /// [`FwiError::Data`].
    fn draw_all(&self, _directory: &Path) -> Result<(), FwiError> {
        Ok(())
    }

    /// The report as HTML.
    fn report(&self, summary: &Summary) -> String;
}

/// Facts about the machine and the program, in the order shown.
#[must_use]
pub fn facts() -> Vec<(String, String)> {
    vec![
        ("threads".to_owned(), rayon::current_num_threads().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ]
}

/// What a member is solved with.
pub struct Solving {
    /// Where its checkpoint is, and the one to go on from.
    pub file: CheckpointFile,
    /// Its progress.
    pub line: Line,
}

/// How a member ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What it is: its method, quantity or activation.
    pub method: String,
    /// How it ended.
    pub status: Status,
    /// Why, in words.
    pub stopped_because: String,
    /// Iterations (optimiser steps) done.
    pub iterations: u64,
    /// Wall time, s.
    pub wall_s: f64,
    /// Processor time of all threads, s.
    pub cpu_s: f64,
    /// Where it ran.
    pub device: String,
    /// Values of the study's metrics, those that there are.
    pub metrics: Vec<(&'static str, Option<f64>)>,
}

impl Ended {
    /// The entry in `summary.json`.
    #[must_use]
    pub fn member(self, name: &str, group: Option<String>, digest: String) -> Member {
        let metrics = self.metrics.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Member {
            name: name.to_owned(),
            method: self.method,
            group,
            status: self.status,
            iterations: self.iterations,
            stopped_because: self.stopped_because,
            wall_s: self.wall_s,
            cpu_s: self.cpu_s,
            device: self.device,
            digest,
            metrics: metrics.collect(),
        }
    }
}
