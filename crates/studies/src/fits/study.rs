//! Fits as a study: networks that learn one target.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::export;
use crate::fits::outcome;
use crate::fits::run::{FitRun, sample, summary};
use crate::fits::{pages, pictures};
use crate::spine::metric::Metric;
use crate::spine::metrics;
use crate::spine::options::Options;
use crate::spine::progress::Line;
use crate::spine::study::{MemberOutcome, SolveContext, Study};
use crate::spine::summary::{Member, Summary};
use crate::spine::table;
use experiments::fits::Quantity;
use experiments::fits::outcome::{FitRow, FitSummary, read_history, write_history};
use experiments::fits::training::{fit, recalled};
use experiments::progress::ProgressState;
use fwi::field_network::FieldNetwork;
use fwi::interruption;
use fwi::recorder::Rows;
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::{FitPlan, Origin};
use survey::array::Meaning;
use survey::atomic;
use survey::model::Model;
use survey::sampled::Sampled;

/// A study of fits.
pub struct Fits<'p> {
    plan: &'p FitPlan,
    run: FitRun,
}

impl<'p> Fits<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p FitPlan) -> Self {
        let origin = &plan.origin;
        let run = FitRun {
            name: origin.name.clone(),
            text: origin.text.clone(),
            description: origin.description(),
            target: plan.target.clone(),
            fits: Vec::new(),
            facts: crate::spine::study::facts(),
        };
        Self { plan, run }
    }
}

/// Shows the steps of a fit; whether it is asked to stop.
pub fn told(
    line: &mut Line,
    psnr: &mut Option<f64>,
    [done, planned]: [u64; 2],
    misfit: f64,
    (row, wall_s): (Option<&FitRow>, f64),
) -> bool {
    *psnr = row.and_then(|row| row.psnr_db).or(*psnr);
    let psnr = *psnr;
    line.show(&|| {
        let words = psnr.map_or_else(String::new, |psnr| format!(", PSNR {psnr:.1} dB"));
        let words = format!("misfit {:.2} %{words}", 100.0 * misfit);
        let numbers = vec![("misfit_relative", Some(misfit)), ("psnr_db", psnr)];
        ProgressState { unit: None, done, planned, wall_s, words, numbers }
    });
    interruption::interrupted()
}

impl Study for Fits<'_> {
    fn kind(&self) -> Kind {
        Kind::Fits
    }

    fn origin(&self) -> &Origin {
        &self.plan.origin
    }

    fn scenario(&self) -> Value {
        serde_json::to_value(&self.plan.scenario)
            .expect("a scenario has only names, numbers, lists and blocks")
    }

    fn metrics(&self) -> Vec<Metric> {
        metrics::FITS.to_vec()
    }

    fn begin(&mut self, _directory: &Path, _options: &Options) -> Result<(), FwiError> {
        Ok(())
    }

    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        (self.run.target.reference(), BTreeMap::new())
    }

    fn solve(&mut self, index: usize, mut solving: SolveContext) -> Result<MemberOutcome, FwiError> {
        let block = &self.plan.fits[index];
        let rows = Rows::new(solving.file, |row: &FitRow| row.step)?;
        let started = std::time::Instant::now();
        let mut psnr = None;
        let mut tell = |step: [u64; 2], misfit: f64, row: Option<&FitRow>| {
            told(&mut solving.line, &mut psnr, step, misfit, (row, started.elapsed().as_secs_f64()))
        };
        let fitted = fit(&self.run.target, block, rows, &mut tell)?;
        solving.line.finish();
        let summary = summary(&self.run.target, block, &fitted);
        let ended = MemberOutcome {
            method: block.quantity.name().to_owned(),
            status: summary.status,
            stopped_because: summary.stopped_because.clone(),
            iterations: summary.steps,
            wall_s: summary.wall_s,
            cpu_s: summary.cpu_s,
            device: summary.device.clone(),
            metrics: summary.values().into_iter().map(|(key, value)| (key.into(), value)).collect(),
        };
        self.run.fits.push((summary, fitted));
        Ok(ended)
    }

    fn recall(&mut self, index: usize, member: &Member, folder: &Path) -> Result<(), FwiError> {
        let summary = outcome::from_member(member, self.plan.fits[index].quantity);
        let device = fields::device::parse("cpu")?;
        let field = FieldNetwork::read(&folder.join("network.safetensors"), &device)?;
        let history = read_history(&folder.join("history.csv"))?;
        let fitted = recalled(&self.run.target, &summary, field, history);
        self.run.fits.push((summary, fitted));
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some((_, fitted)) = self.found(index) else { return Ok(()) };
        fitted.field.write(&folder.join("network.safetensors"))?;
        write_history(&folder.join("history.csv"), &fitted.history)?;
        if self.plan.target.meaning == Meaning::Velocity {
            self.sampled(index).map_or(Ok(()), |sampled| sampled.write_hdf5(&folder.join("model.h5")))?;
        }
        Ok(())
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some((summary, fitted)) = self.found(index) else { return Ok(()) };
        let Some(sampled) = self.sampled(index) else { return Ok(()) };
        for format in &self.plan.scenario.outputs.formats {
            let exporter = export::exporter(format.name())?;
            let path = folder.join(format!("export.{}", exporter.extension));
            let sampled = match self.plan.scenario.outputs.spacing {
                Some(spacing) => sample(&fitted.field, spacing, &path)?,
                None => sampled.clone(),
            };
            export::export(&sampled, format.name(), &path)?;
        }
        let shown = [(summary.name.as_str(), &fitted.at, &fitted.score)];
        let figure = pictures::figure(&self.plan.target, &shown);
        Ok(atomic::write_bytes(&folder.join("fit.png"), &figure.to_png())?)
    }

    fn draw_all(&self, directory: &Path) -> Result<(), FwiError> {
        for quantity in Quantity::ALL {
            let fits: Vec<_> = (self.run.fits.iter())
                .filter(|(summary, _)| summary.quantity == quantity)
                .map(|(summary, fitted)| (summary.name.as_str(), &fitted.at, &fitted.score))
                .collect();
            if !fits.is_empty() {
                let path = directory.join(format!("fitted-{}.png", quantity.name()));
                atomic::write_bytes(&path, &pictures::figure(&self.run.target, &fits).to_png())?;
            }
        }
        Ok(())
    }

    fn report(&self, summary: &Summary) -> String {
        pages::html(&self.run, &table::tables(summary))
    }
}

impl Fits<'_> {
    /// What a member has come to.
    fn found(&self, index: usize) -> Option<&(FitSummary, experiments::fits::training::Fitted)> {
        let name = &self.plan.fits[index].name;
        self.run.fits.iter().find(|(summary, _)| summary.name == *name)
    }

    /// What a network gives at the nodes of the target.
    fn sampled(&self, index: usize) -> Option<Sampled> {
        let (_, fitted) = self.found(index)?;
        Some(Sampled {
            model: Model { grid: self.plan.target.grid, values: fitted.at.value.clone() },
            meaning: self.plan.target.meaning,
            derivatives: Some(fitted.at.clone()),
            quantity: None,
        })
    }
}
