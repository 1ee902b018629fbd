//! Statistics of networks as they start, as a study.

use std::path::Path;

use serde_json::Value;

use super::metric::Metric;
use super::runner::Options;
use super::study::{Ended, Solving, Study};
use super::summary::{Member, Summary};
use crate::bench::cpu_seconds;
use crate::error::FwiError;
use crate::plan::{Origin, StatisticsPlan};
use crate::scenario::Kind;
use crate::statistics::pages;
use crate::statistics::run::{Looked, look};
use crate::status::Status;
use crate::tables::{Better, Format};
use survey::atomic;

/// The metrics of networks as they start.
pub const METRICS: &[Metric] = &[
    number("deviation_of_layer_2", "layer 2"),
    number("deviation_of_last_layer", "last layer"),
    number("from_normal", "KS N(0,1)"),
    number("from_own_normal", "KS normal"),
    number("activation_deviation", "activation"),
    number("from_arcsine", "KS arcsine"),
    number("gradient_ratio", "gradient"),
    Metric::count("parameters", "parameters"),
];

const fn number(key: &'static str, name: &'static str) -> Metric {
    Metric::new(key, name, "", Format::Significant(3), Better::Neither)
}

/// A study of networks as they start.
pub struct Activations<'p> {
    plan: &'p StatisticsPlan,
    looked: Vec<Looked>,
}

impl<'p> Activations<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p StatisticsPlan) -> Self {
        Self { plan, looked: Vec::new() }
    }

    fn found(&self, index: usize) -> Option<&Looked> {
        let name = &self.plan.scenario.activations[index].name;
        self.looked.iter().find(|looked| looked.summary.name == *name)
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

    fn metrics(&self) -> &'static [Metric] {
        METRICS
    }

    fn begin(&mut self, _directory: &Path, _options: &Options) -> Result<(), FwiError> {
        Ok(())
    }

    fn solve(&mut self, index: usize, solving: Solving) -> Result<Ended, FwiError> {
        let cpu = cpu_seconds();
        let looked = look(&self.plan.scenario.activations[index])?;
        solving.line.finish();
        let ended = Ended {
            method: looked.summary.activation.clone(),
            status: Status::Done,
            stopped_because: "all layers measured".to_owned(),
            iterations: 0,
            wall_s: looked.summary.wall_s,
            cpu_s: cpu_seconds() - cpu,
            device: "cpu".to_owned(),
            metrics: looked.summary.values(),
        };
        self.looked.push(looked);
        Ok(ended)
    }

    /// Statistics take seconds and their distributions are not kept in files, so they are taken again.
    fn recall(&mut self, index: usize, _member: &Member, _folder: &Path) -> Result<(), FwiError> {
        self.looked.push(look(&self.plan.scenario.activations[index])?);
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(looked) = self.found(index) else { return Ok(()) };
        Ok(atomic::write_csv(&folder.join("layers.csv"), &looked.summary.layers)?)
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(looked) = self.found(index) else { return Ok(()) };
        for (name, chart) in pages::last_layer(looked) {
            atomic::write_bytes(&folder.join(format!("{name}.png")), &chart.drawing().to_png())?;
        }
        Ok(())
    }

    fn report(&self, _summary: &Summary) -> String {
        pages::html(&self.plan.origin, &self.looked)
    }
}
