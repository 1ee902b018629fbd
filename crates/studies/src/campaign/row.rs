//! A row of a campaign: a member of a scenario.

use scenario::error::FwiError;
use serde::{Deserialize, Serialize};

use crate::spine::{Member, Summary};
use fwi::status::Status;

/// A member of a scenario and how it ended; a row of `campaign.csv`.
///
/// # Units
/// Errors and misfits are ratios, times are in s.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The file name of the scenario, without its extension.
    pub scenario: String,
    /// The member; empty for a scenario without results.
    pub member: String,
    /// The name that it shares with its repetitions; its own if it has none.
    pub group: String,
    /// Its method, quantity or activation.
    pub method: String,
    /// How it ended, in a word.
    pub status: String,
    /// The key of the metric that it is judged by; empty if there is none.
    pub metric: String,
    /// The value of that metric, of which less is better.
    pub error: Option<f64>,
    /// The value of the starting model.
    pub start: Option<f64>,
    /// Relative misfit of the data.
    pub data_misfit: Option<f64>,
    /// Solutions of the equation.
    pub pde_solves: Option<f64>,
    /// Iterations.
    pub iterations: u64,
    /// Processor time of all threads.
    pub cpu_s: f64,
    /// Wall time.
    pub wall_s: f64,
    /// Why it stopped, or its error.
    pub because: String,
}

impl Row {
    /// The rows of all members of a scenario.
    #[must_use]
    pub fn all_of(scenario: &str, summary: &Summary) -> Vec<Row> {
        summary.members.iter().map(|member| Row::of(scenario, summary, member)).collect()
    }

    /// A member is judged by the first metric of its kind of which less is better.
    fn of(scenario: &str, summary: &Summary, member: &Member) -> Row {
        let judged = summary.metrics.iter().find(|metric| {
            metric.better == "lower" && summary.members.iter().any(|of| of.metrics.contains_key(&metric.key))
        });
        let key = judged.map(|metric| metric.key.clone()).unwrap_or_default();
        Row {
            scenario: scenario.to_owned(),
            member: member.name.clone(),
            group: member.group.clone().unwrap_or_else(|| member.name.clone()),
            method: member.method.clone(),
            status: member.status.word().to_owned(),
            error: member.metrics.get(&key).copied(),
            start: summary.start.get(&key).copied(),
            data_misfit: member.metrics.get("data_misfit_relative").copied(),
            pde_solves: member.metrics.get("pde_solves").copied(),
            metric: key,
            iterations: member.iterations,
            cpu_s: member.cpu_s,
            wall_s: member.wall_s,
            because: member.stopped_because.clone(),
        }
    }

    /// The row of a scenario that could not be run.
    #[must_use]
    pub fn without_result(scenario: &str, error: &FwiError) -> Row {
        let text = error.to_string();
        Row {
            scenario: scenario.to_owned(),
            member: String::new(),
            group: String::new(),
            method: String::new(),
            status: Status::Failed.word().to_owned(),
            metric: String::new(),
            error: None,
            start: None,
            data_misfit: None,
            pde_solves: None,
            iterations: 0,
            cpu_s: 0.0,
            wall_s: 0.0,
            because: text.lines().next().unwrap_or_default().trim().to_owned(),
        }
    }

    /// Whether it finished with a result.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status == Status::Done.word()
    }
}
