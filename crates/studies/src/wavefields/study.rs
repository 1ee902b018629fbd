//! Wavefields of a given velocity as a study.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use fields::checkpoint::Checkpoint;
use serde_json::Value;

use super::{pages, pictures, recorded};
use crate::spine::metric::Metric;
use crate::spine::metrics;
use crate::spine::options::Options;
use crate::spine::progress::Line;
use crate::spine::study::{MemberOutcome, SolveContext, Study};
use crate::spine::summary::{Member, Summary};
use crate::spine::table;
use crate::wavefields::outcome;
use crate::wavefields::run::FieldRun;
use experiments::progress::ProgressState;
use experiments::wavefields::method_history::{HistorySettings, MethodHistory};
use experiments::wavefields::outcome::{read_history, write_history};
use experiments::wavefields::truth::Truth;
use experiments::wavefields::{Fields, WavefieldMethodChoice, WavefieldProblem};
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::{Origin, WavefieldsPlan};
use survey::atomic;
use survey::model_io::ComplexField;
use survey::ticks::significant;

/// The step of the first row of a history, and the ratio of each to the one before.
const ROWS: (f64, f64) = (1.0, 1.1);

/// A study of wavefields.
pub struct Wavefields<'p> {
    plan: &'p WavefieldsPlan,
    /// The problem with its data, and the results; available after `begin`.
    begun: Option<(WavefieldProblem, FieldRun)>,
    /// Networks by the names of their members.
    networks: Vec<(String, Checkpoint)>,
}

impl<'p> Wavefields<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p WavefieldsPlan) -> Self {
        Self { plan, begun: None, networks: Vec::new() }
    }

    fn begun(&self) -> &(WavefieldProblem, FieldRun) {
        self.begun.as_ref().expect("a study begins before its members are solved")
    }

    fn run_mut(&mut self) -> &mut FieldRun {
        &mut self.begun.as_mut().expect("a study begins before its members are solved").1
    }

    fn place(&self, index: usize) -> Option<usize> {
        let name = &self.plan.wavefields[index].name;
        self.begun().1.found.iter().position(|(summary, ..)| summary.name == *name)
    }

    /// The shown source's field of all sources'.
    fn shown(&self, fields: &Fields) -> ComplexField {
        let (problem, run) = self.begun();
        let (shot, frequency) = (run.shown_source(), problem.omega / std::f64::consts::TAU);
        ComplexField { grid: run.grid, values: fields[shot].clone(), frequency, shot }
    }
}

impl Study for Wavefields<'_> {
    fn kind(&self) -> Kind {
        Kind::Wavefields
    }

    fn origin(&self) -> &Origin {
        &self.plan.origin
    }

    fn scenario(&self) -> Value {
        serde_json::to_value(&self.plan.scenario)
            .expect("a scenario has only names, numbers, lists and blocks")
    }

    fn metrics(&self) -> Vec<Metric> {
        metrics::WAVEFIELDS.to_vec()
    }

    fn begin(&mut self, directory: &Path, options: &Options) -> Result<(), FwiError> {
        let (plan, origin) = (self.plan, &self.plan.origin);
        let problem = recorded::with_data(plan, options)?;
        let frequency = problem.omega / std::f64::consts::TAU;
        let mut facts = vec![
            ("frequency".to_owned(), format!("{} Hz", significant(frequency, 5))),
            ("sources".to_owned(), problem.survey.sources.len().to_string()),
        ];
        facts.extend(crate::spine::study::facts());
        let mut line = Line::new("truth", "true wavefields", "source", options.progress);
        let started = Instant::now();
        let mut finished = |[done, planned]: [u64; 2]| {
            line.show(&|| ProgressState::of(done as usize, planned as usize, started));
        };
        let truth = Truth::new(&problem, plan.reference_spacing, plan.exclude, &mut finished)?;
        drop(line);
        let run = FieldRun {
            name: origin.name.clone(),
            text: origin.text.clone(),
            description: origin.description(),
            grid: plan.shown,
            truth,
            found: Vec::new(),
            facts,
        };
        self.begun = Some((problem, run));
        let truth = self.shown(&self.begun().1.truth.fields);
        Ok(truth.write(&directory.join("true-wavefield.h5"))?)
    }

    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        (self.begun().1.truth.how.clone(), BTreeMap::new())
    }

    fn solve(&mut self, index: usize, solving: SolveContext) -> Result<MemberOutcome, FwiError> {
        let block = &self.plan.wavefields[index];
        let (problem, run) = self.begun();
        let words = |residual: f64| format!("{:.2} %", 100.0 * residual);
        let error = |fields: &Fields| run.truth.error(fields);
        let how = HistorySettings { rows: ROWS, words, error: &error };
        let mut line = solving.line;
        let mut show = |shown: &dyn Fn() -> ProgressState| line.show(shown);
        let mut course = MethodHistory::new(&block.name, solving.file, &mut show, how)?;
        // The receivers behind the points that are compared and shown.
        let mut asked = problem.clone();
        if problem.recorded.is_some() {
            asked.points.extend(problem.survey.receivers_in_section());
        }
        let mut found = block.method.as_dyn().solve(&asked, &block.run_settings(), &mut course)?;
        let networks = found.networks.take();
        let on_device = matches!(block.method, WavefieldMethodChoice::Network(_));
        let device = if on_device { block.device.as_str() } else { "cpu" };
        let device = fields::device::name(&fields::device::parse(device)?);
        let (mut summary, mut fields, history) = course.end(found, (block.method.name(), &device));
        line.finish();
        let at_receivers: Fields = fields.iter_mut().map(|u| u.split_off(problem.points.len())).collect();
        summary.metrics.data_misfit_relative = recorded::misfit(problem, &at_receivers);
        let ended = outcome::ended(&summary);
        self.networks.extend(networks.map(|networks| (block.name.clone(), networks)));
        self.run_mut().found.push((summary, fields, history));
        Ok(ended)
    }

    fn recall(&mut self, _index: usize, member: &Member, folder: &Path) -> Result<(), FwiError> {
        let field = ComplexField::read(&folder.join("wavefield.h5"))?;
        let history = read_history(&folder.join("history.csv"))?;
        let run = self.run_mut();
        // Only the shown source's field is kept in a file, and only that is shown.
        let mut fields = vec![Vec::new(); run.truth.fields.len()];
        let shot = run.shown_source();
        fields[shot] = field.values;
        run.found.push((outcome::from_member(member), fields, history));
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(place) = self.place(index) else { return Ok(()) };
        let (summary, fields, history) = &self.begun().1.found[place];
        self.shown(fields).write(&folder.join("wavefield.h5"))?;
        write_history(&folder.join("history.csv"), history)?;
        if let Some((_, networks)) = self.networks.iter().find(|(name, _)| *name == summary.name) {
            atomic::write_bytes(&folder.join("networks.safetensors"), &networks.to_bytes())?;
        }
        Ok(())
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(place) = self.place(index) else { return Ok(()) };
        let picture = pictures::figure(&self.begun().1, &[place]);
        Ok(atomic::write_bytes(&folder.join("wavefield.png"), &picture.to_png())?)
    }

    fn report(&self, summary: &Summary) -> String {
        pages::html(&self.begun().1, &table::tables(summary))
    }
}
