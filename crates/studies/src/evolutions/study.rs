//! Waves in time from pulses as a study.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use fields::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pages;
use crate::evolutions::run::{EvolutionOutcome, EvolutionRun};
use crate::spine::metric::Metric;
use crate::spine::metrics;
use crate::spine::options::Options;
use crate::spine::progress::Line;
use crate::spine::study::{MemberOutcome, SolveContext, Study};
use crate::spine::summary::{Member, Summary};
use crate::spine::table;
use crate::wavefields::outcome;
use experiments::evolutions::energy::energy;
use experiments::evolutions::truth::Truth;
use experiments::evolutions::{EvolutionMethodChoice, Snapshots};
use experiments::progress::ProgressState;
use experiments::wavefields::method_history::{HistorySettings, MethodHistory};
use experiments::wavefields::outcome::{read_history, write_history};
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::{EvolutionsPlan, Origin};
use survey::atomic;
use survey::snapshots::SnapshotFile;

/// The step of the first row of a history, and the ratio of each to the one before.
const ROWS: (f64, f64) = (20.0, 1.2);

/// A study of waves in time.
pub struct Evolutions<'p> {
    plan: &'p EvolutionsPlan,
    /// The results; available after `begin`.
    run: Option<EvolutionRun<'p>>,
    /// Energy of the true fields at the start.
    start: f64,
    /// Networks by the names of their members.
    networks: Vec<(String, Checkpoint)>,
}

/// A row of `times.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct TimeRow {
    time_s: f64,
    wavefield_relative_l2: f64,
    energy: f64,
    true_energy: f64,
}

impl<'p> Evolutions<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p EvolutionsPlan) -> Self {
        Self { plan, run: None, start: 1.0, networks: Vec::new() }
    }

    fn run(&self) -> &EvolutionRun<'p> {
        self.run.as_ref().expect("a study begins before its members are solved")
    }

    fn found(&mut self) -> &mut Vec<EvolutionOutcome> {
        &mut self.run.as_mut().expect("a study begins before its members are solved").found
    }

    fn place(&self, index: usize) -> Option<usize> {
        let name = &self.plan.evolutions[index].name;
        self.run().found.iter().position(|outcome| outcome.summary.name == *name)
    }

    /// Energies of fields at the shown times.
    fn energies(&self, fields: &Snapshots) -> Result<Vec<f64>, FwiError> {
        let plan = self.plan;
        let m = plan.problem.velocity.sample(&plan.problem.shown)?.squared_slowness();
        let of_pair = |k: usize| {
            fields
                .iter()
                .map(|u| energy(&plan.problem.shown, &m, &u[2 * k], &u[2 * k + 1], plan.lag))
                .sum::<f64>()
        };
        Ok((0..plan.scenario.times.len()).map(|k| of_pair(k) / self.start).collect())
    }
}

impl Study for Evolutions<'_> {
    fn kind(&self) -> Kind {
        Kind::Evolutions
    }

    fn origin(&self) -> &Origin {
        &self.plan.origin
    }

    fn scenario(&self) -> Value {
        serde_json::to_value(&self.plan.scenario)
            .expect("a scenario has only names, numbers, lists and blocks")
    }

    fn metrics(&self) -> Vec<Metric> {
        metrics::EVOLUTIONS.to_vec()
    }

    fn begin(&mut self, _directory: &Path, options: &Options) -> Result<(), FwiError> {
        let mut line = Line::new("truth", "true wavefields", "source", options.progress);
        let started = Instant::now();
        let mut finished = |[done, planned]: [u64; 2]| {
            line.show(&|| ProgressState::of(done as usize, planned as usize, started));
        };
        let truth = Truth::new(&self.plan.problem, self.plan.reference_spacing, &mut finished)?;
        drop(line);
        let mut energies = self.energies(&truth.fields)?;
        self.start = energies[0];
        energies.iter_mut().for_each(|e| *e /= self.start);
        self.run = Some(EvolutionRun { plan: self.plan, truth, energies, found: Vec::new() });
        Ok(())
    }

    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        (self.run().truth.how.clone(), BTreeMap::new())
    }

    fn solve(&mut self, index: usize, solving: SolveContext) -> Result<MemberOutcome, FwiError> {
        let block = &self.plan.evolutions[index];
        let truth = &self.run().truth;
        let at_end = |fields: &Snapshots| truth.errors(fields).last().copied();
        let how = HistorySettings { rows: ROWS, words: |residual| format!("{residual:.2e}"), error: &at_end };
        let mut line = solving.line;
        let mut show = |shown: &dyn Fn() -> ProgressState| line.show(shown);
        let mut course = MethodHistory::new(&block.name, solving.file, &mut show, how)?;
        let mut found =
            block.method.as_dyn().solve(&self.plan.problem, &block.run_settings(), &mut course)?;
        let networks = found.networks.take();
        let on_device = matches!(block.method, EvolutionMethodChoice::Network(_));
        let device = if on_device { block.device.as_str() } else { "cpu" };
        let device = fields::device::name(&fields::device::parse(device)?);
        let (summary, fields, history) = course.end(found, (block.method.name(), &device));
        line.finish();
        let errors = truth.errors(&fields).into_iter().step_by(2).collect();
        let energies = self.energies(&fields)?;
        let ended = outcome::ended(&summary);
        self.networks.extend(networks.map(|networks| (block.name.clone(), networks)));
        self.found().push(EvolutionOutcome { summary, fields, errors, energies, history });
        Ok(ended)
    }

    fn recall(&mut self, _index: usize, member: &Member, folder: &Path) -> Result<(), FwiError> {
        let file = SnapshotFile::read(&folder.join("wavefield.h5"))?;
        let history = read_history(&folder.join("history.csv"))?;
        let rows: Vec<TimeRow> = atomic::read_csv(&folder.join("times.csv"))?;
        // Only the shown source's fields are kept in a file, at the times that are shown, each of which has a second field
        // a lag later for the energy.
        let mut fields = vec![Vec::new(); self.plan.problem.pulses.len()];
        fields[file.source] = file.values.into_iter().flat_map(|u| [u.clone(), u]).collect();
        let outcome = EvolutionOutcome {
            summary: outcome::from_member(member),
            fields,
            errors: rows.iter().map(|row| row.wavefield_relative_l2).collect(),
            energies: rows.iter().map(|row| row.energy).collect(),
            history,
        };
        self.found().push(outcome);
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(place) = self.place(index) else { return Ok(()) };
        let run = self.run();
        let outcome = &run.found[place];
        let source = pages::shown(run);
        let file = SnapshotFile {
            grid: self.plan.problem.shown,
            times: self.plan.scenario.times.clone(),
            values: outcome.fields[source].iter().step_by(2).cloned().collect(),
            source,
        };
        file.write(&folder.join("wavefield.h5"))?;
        write_history(&folder.join("history.csv"), &outcome.history)?;
        let row = |(k, t): (usize, &f64)| TimeRow {
            time_s: *t,
            wavefield_relative_l2: outcome.errors[k],
            energy: outcome.energies[k],
            true_energy: run.energies[k],
        };
        let rows: Vec<TimeRow> = self.plan.scenario.times.iter().enumerate().map(row).collect();
        atomic::write_csv(&folder.join("times.csv"), &rows)?;
        if let Some((_, networks)) = self.networks.iter().find(|(name, _)| *name == outcome.summary.name) {
            atomic::write_bytes(&folder.join("networks.safetensors"), &networks.to_bytes())?;
        }
        Ok(())
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(place) = self.place(index) else { return Ok(()) };
        let picture = pages::figure(self.run(), &[place]);
        Ok(atomic::write_bytes(&folder.join("wavefield.png"), &picture.to_png())?)
    }

    fn report(&self, summary: &Summary) -> String {
        pages::html(self.run(), &table::tables(summary))
    }
}
