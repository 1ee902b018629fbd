//! A study: members that are solved one by one and compared by the same metrics.

use std::borrow::Cow;
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

/// A study that can be run and compared.
///
/// The runner calls `begin` once. For each member, it calls either `recall`, or `solve` and `write`. Finally it calls `draw` and
/// `report`. Results are written before pictures, so a full disk affects pictures first.
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

    /// For each member, the name that it shares with its repetitions.
    fn groups(&self) -> Vec<Option<String>> {
        let scenario = self.scenario();
        let members = scenario.get(self.kind().key()).and_then(Value::as_array);
        let group = |member: &Value| member.get("group").and_then(Value::as_str).map(str::to_owned);
        members.into_iter().flatten().map(group).collect()
    }

    /// The metrics of its members in the order of tables. The tables add time and iterations.
    fn metrics(&self) -> Vec<Metric>;

    /// Reads or computes the data and the truth, and writes the files that all members share to the run directory.
    ///
    /// # Errors
    /// [`FwiError`].
    fn begin(&mut self, directory: &Path, options: &Options) -> Result<(), FwiError>;

    /// A description of the reference for the results, and the metrics of the truth itself; available after `begin`.
    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        (String::new(), BTreeMap::new())
    }

    /// The metrics of the starting model that all members have in common; available after `begin`.
    fn start(&self) -> BTreeMap<String, f64> {
        BTreeMap::new()
    }

    /// Solves a member, starting from its checkpoint if it has one.
    ///
    /// # Errors
    /// [`FwiError`]; the following members are solved nevertheless.
    fn solve(&mut self, index: usize, solving: SolveContext) -> Result<MemberOutcome, FwiError>;

    /// Computes on other ranks than 0 what the data of the study need of them. Errors that other ranks do not know are said.
    fn follow_simulation(&mut self) {}

    /// Whether all ranks solve a member together.
    fn is_dealt(&self, _index: usize) -> bool {
        false
    }

    /// Solves a member together with rank 0, which records it; `from` has the state to continue from. Errors that other ranks do not
    /// know are said.
    fn follow(&mut self, _index: usize, _from: Result<CheckpointFile, FwiError>) {}

    /// Reads the result of a member from the files of an earlier run.
    ///
    /// # Errors
    /// The error of a file that cannot be read.
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

    /// Writes pictures of all members together to the run directory.
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

/// The checkpoint and the progress of a member that is being solved.
pub struct SolveContext {
    /// Its checkpoint file, and the checkpoint to continue from.
    pub file: CheckpointFile,
    /// Its progress.
    pub line: Line,
}

/// The outcome of a member.
#[derive(Debug, Clone)]
pub struct MemberOutcome {
    /// Its method, quantity or activation.
    pub method: String,
    /// Its status.
    pub status: Status,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// Iterations (optimiser steps) done.
    pub iterations: u64,
    /// Wall time, s.
    pub wall_s: f64,
    /// Processor time of all threads, s.
    pub cpu_s: f64,
    /// Its device.
    pub device: String,
    /// The available values of the study's metrics.
    pub metrics: Vec<(Cow<'static, str>, Option<f64>)>,
}

impl MemberOutcome {
    /// The entry in `summary.json`.
    #[must_use]
    pub fn member(self, name: &str, group: Option<String>, digest: String) -> Member {
        let metrics = self.metrics.into_iter().filter_map(|(key, value)| Some((key.into_owned(), value?)));
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
