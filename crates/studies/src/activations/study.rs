//! Statistics of networks as they start, as a study.

use machine::usage::cpu_seconds;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use crate::activations::pages;
use crate::spine::metric::Metric;
use crate::spine::metrics;
use crate::spine::options::Options;
use crate::spine::study::{MemberOutcome, SolveContext, Study};
use crate::spine::summary::{Member, Summary};
use crate::spine::table;
use experiments::activations::run::{NetworkStatistics, measure};
use experiments::progress::ProgressState;
use fwi::status::Status;
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::{Origin, StatisticsPlan};
use survey::atomic;

/// A study of networks as they start.
pub struct Activations<'p> {
    plan: &'p StatisticsPlan,
    networks: Vec<NetworkStatistics>,
}

impl<'p> Activations<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p StatisticsPlan) -> Self {
        Self { plan, networks: Vec::new() }
    }

    fn found(&self, index: usize) -> Option<&NetworkStatistics> {
        let name = &self.plan.scenario.activations[index].name;
        self.networks.iter().find(|network| network.summary.name == *name)
    }
}

impl Study for Activations<'_> {
    fn kind(&self) -> Kind {
        Kind::Statistics
    }

    fn origin(&self) -> &Origin {
        &self.plan.origin
    }

    fn scenario(&self) -> Value {
        serde_json::to_value(&self.plan.scenario)
            .expect("a scenario has only names, numbers, lists and blocks")
    }

    fn metrics(&self) -> Vec<Metric> {
        metrics::ACTIVATIONS.to_vec()
    }

    fn begin(&mut self, _directory: &Path, _options: &Options) -> Result<(), FwiError> {
        Ok(())
    }

    fn solve(&mut self, index: usize, solving: SolveContext) -> Result<MemberOutcome, FwiError> {
        let cpu = cpu_seconds();
        let (mut line, started) = (solving.line, Instant::now());
        let block = &self.plan.scenario.activations[index];
        let network = measure(block, &mut |[done, planned]| {
            line.show(&|| ProgressState { unit: Some("block"), ..ProgressState::of(done, planned, started) });
        })?;
        line.finish();
        let ended = MemberOutcome {
            method: network.summary.activation.clone(),
            status: Status::Done,
            stopped_because: "all layers measured".to_owned(),
            iterations: 0,
            wall_s: network.summary.wall_s,
            cpu_s: cpu_seconds() - cpu,
            device: "cpu".to_owned(),
            metrics: network.summary.values().into_iter().map(|(key, value)| (key.into(), value)).collect(),
        };
        self.networks.push(network);
        Ok(ended)
    }

    /// Statistics take seconds and their distributions are not stored, so they are computed again.
    fn recall(&mut self, index: usize, _member: &Member, _folder: &Path) -> Result<(), FwiError> {
        self.networks.push(measure(&self.plan.scenario.activations[index], &mut |_| {})?);
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(network) = self.found(index) else { return Ok(()) };
        Ok(atomic::write_csv(&folder.join("layers.csv"), &network.summary.layers)?)
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(network) = self.found(index) else { return Ok(()) };
        for (name, chart) in pages::last_layer(network) {
            atomic::write_bytes(&folder.join(format!("{name}.png")), &chart.drawing().to_png())?;
        }
        Ok(())
    }

    fn report(&self, summary: &Summary) -> String {
        pages::html(&self.plan.origin, &self.networks, &table::tables(summary))
    }
}
