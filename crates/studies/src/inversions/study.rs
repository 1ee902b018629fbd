//! Inversions as a study: the model, survey and data that they share, and how each is solved and measured.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::export;
use crate::inversions::outcome::{Comparison, RunOutcome};
use crate::inversions::report;
use crate::inversions::run_directory::RunDirectory;
use crate::spine::metric::Metric;
use crate::spine::metrics;
use crate::spine::options::Options;
use crate::spine::progress::Line;
use crate::spine::study::{MemberOutcome, SolveContext, Study};
use crate::spine::summary::{Member, Summary};
use crate::spine::table;
use crate::spine::together::agreed;
use fwi::checkpoint::CheckpointFile;
use fwi::metrics::Metrics;
use fwi::recorder::Rows;
use fwi::status::Status;
use fwi::waves_plan::SystemPlan;
use scenario::Kind;
use scenario::error::FwiError;
use scenario::plan::{InversionPlan, Origin, Plan};
use survey::medium::ModelChoice;
use survey::model::Model;
use survey::parameter::Quantity;

use super::observer::{Follower, Watch};
use super::setting::{Setting, Start, no_result};
use super::{data, measured, spread, wells};

/// A study of inversions.
pub struct Inversions<'p> {
    plan: &'p Plan,
    origin: Origin,
    /// Known once it has begun.
    setting: Option<Setting>,
    comparison: Comparison,
}

impl<'p> Inversions<'p> {
    /// The study of a plan.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        let origin = Origin {
            file: plan.file.clone(),
            text: plan.text.clone(),
            name: plan.name.clone(),
            directory: plan.directory.clone(),
            notes: plan.notes.clone(),
        };
        Self { plan, origin, setting: None, comparison: Comparison::default() }
    }

    /// What was found.
    #[must_use]
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    fn setting(&self) -> &Setting {
        self.setting.as_ref().expect("a study begins before its members are solved")
    }

    /// Whether the true model is known.
    fn knows_truth(&self) -> bool {
        let of_system = |system: &SystemPlan| system.parameters.iter().all(|of| of.truth.is_some());
        self.plan.truth.is_some() || self.plan.system().is_some_and(of_system)
    }

    /// The outcome of a member.
    fn outcome(&self, index: usize) -> Option<&RunOutcome> {
        let name = &self.plan.inversions[index].name;
        self.comparison.outcomes.iter().find(|outcome| outcome.name == *name)
    }

    /// Refuses an inversion that starts from the result of one that is not finished.
    fn has_earlier(&self, inversion: &InversionPlan) -> Result<(), FwiError> {
        let Some(ModelChoice::Inversion(earlier)) = inversion.initial.as_ref().map(|source| &source.choice)
        else {
            return Ok(());
        };
        let outcome = self.comparison.outcomes.iter().find(|outcome| outcome.name == earlier.0);
        match outcome.map(|outcome| outcome.status) {
            Some(Status::Done) => Ok(()),
            _ => Err(no_result(&earlier.0, format!("`{}` with the status done", earlier.0))),
        }
    }

    /// Adds an outcome, in the scenario's order.
    fn put(&mut self, outcome: RunOutcome) {
        let place = |name: &str| self.plan.inversions.iter().position(|i| i.name == name);
        self.comparison.outcomes.retain(|other| other.name != outcome.name);
        self.comparison.outcomes.push(outcome);
        self.comparison.outcomes.sort_by_key(|outcome| place(&outcome.name));
    }
}

/// Refuses ranks that would have nothing to compute.
fn check_ranks(plan: &Plan) -> Result<(), FwiError> {
    let ((items, what), found) = (scenario::explain::most_ranks(plan), ranks::count());
    if found > items { Err(FwiError::TooManyRanks { found, what, items }) } else { Ok(()) }
}

impl Study for Inversions<'_> {
    fn kind(&self) -> Kind {
        Kind::Inversions
    }

    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn scenario(&self) -> Value {
        serde_json::to_value(&self.plan.scenario)
            .expect("a scenario has only names, numbers, lists and blocks")
    }

    fn metrics(&self) -> Vec<Metric> {
        let parameters = self.plan.system().map_or(&[][..], |system| &system.parameters[..]);
        let others = parameters.iter().filter(|of| of.initial.quantity != Quantity::velocity());
        let errors = others.map(|of| Metric::error_of(&of.initial.quantity.name));
        let wells = self.plan.wells.iter().filter(|well| well.log.is_some() || self.knows_truth());
        let wells = wells.map(|well| Metric::error_at(&well.name));
        metrics::INVERSIONS.iter().cloned().chain(errors).chain(wells).collect()
    }

    fn begin(&mut self, directory: &Path, options: &Options) -> Result<(), FwiError> {
        check_ranks(self.plan)?;
        let data = data::data(self.plan, options)?;
        let setting = Setting::new(self.plan, &data)?;
        let line = Line::new("truth", "true wavefield", "step", options.progress);
        self.comparison = setting.comparison(self.plan)?;
        drop(line);
        RunDirectory::create(directory)?.write_setting(&self.comparison)?;
        self.setting = Some(setting);
        Ok(())
    }

    fn truth(&self) -> (String, BTreeMap<String, f64>) {
        let disc = self.comparison.information.disc.as_ref();
        let metrics = disc.map(|disc| {
            [("radius_half_contrast_m", disc.radius), ("median_velocity_in_disc", disc.velocity)]
        });
        let metrics = metrics.into_iter().flatten().map(|(key, value)| (key.to_owned(), value));
        (String::new(), metrics.collect())
    }

    fn start(&self) -> BTreeMap<String, f64> {
        // Inversions that have a start of their own say nothing of this one; a chain begins with another inversion of the list.
        let shared = |initial: &ModelChoice| matches!(initial, ModelChoice::Inversion(_));
        let common =
            self.plan.scenario.inversions.iter().all(|block| block.initial.as_ref().is_none_or(shared));
        if common { measured::start(&self.comparison) } else { BTreeMap::new() }
    }

    fn follow_simulation(&mut self) {
        // Rank 0 reports errors, or the rank that has one.
        let _ = scenario::simulate::help(self.plan);
    }

    fn is_dealt(&self, index: usize) -> bool {
        self.plan.inversions[index].method.as_dyn().is_dealt()
    }

    fn follow(&mut self, index: usize, from: Result<CheckpointFile, FwiError>) {
        let plan = self.plan;
        let inversion = &plan.inversions[index];
        if self.setting.is_none() {
            let setting = data::existing(plan).and_then(|data| Setting::new(plan, &data));
            self.setting = match agreed(setting) {
                Ok(setting) => Some(setting),
                Err(_) => return,
            };
        } else if agreed(Ok(())).is_err() {
            return;
        }
        let start = from.and_then(|from| Ok((from, Start::new(plan, inversion.initial.as_ref())?)));
        let Ok((from, start)) = agreed(start) else { return };
        let background = |p: fd::Point| start.velocity(p);
        let problem = self.setting().problem(plan, &start, &background);
        // Rank 0 reports errors: they are the same.
        let _ = inversion.method.as_dyn().invert(&problem, &inversion.settings, &mut Follower::new(from));
    }

    fn solve(&mut self, index: usize, solving: SolveContext) -> Result<MemberOutcome, FwiError> {
        let (plan, setting) = (self.plan, self.setting());
        let inversion = &plan.inversions[index];
        let dealt = self.is_dealt(index);
        if dealt {
            agreed(Ok(()))?;
        }
        let start = self.has_earlier(inversion).and_then(|()| Start::new(plan, inversion.initial.as_ref()));
        let rows = Rows::new(solving.file, |row: &crate::inversions::history::HistoryRow| row.iteration);
        let prepared = start.and_then(|start| Ok((start, rows?)));
        let (start, rows) = if dealt { agreed(prepared)? } else { prepared? };
        let background = |p: fd::Point| start.velocity(p);
        let problem = setting.problem(plan, &start, &background);
        // The grid method answers on the nodes of the solver, networks on the output grid.
        let on_grid = |vp: &[f64]| {
            let grid = if vp.len() == setting.output.len() { setting.output } else { plan.grid };
            Model { grid, values: vp.to_vec() }
        };
        let truth = match inversion.settings.unknowns.first() {
            // The error of the first unknown, which is what an inversion reports on its way.
            Some(unknown) if !start.parameters.is_empty() => {
                let of = self.comparison.media.truth.iter().find(|of| of.quantity == unknown.quantity);
                of.map(|of| &of.model)
            }
            _ => self.comparison.truth.as_ref(),
        };
        let error_of = |vp: &[f64]| {
            let truth = truth?;
            fwi::metrics::velocity_relative_l2(&on_grid(vp).resample_onto(&truth.grid), truth)
        };
        let mut watch = Watch::new(rows, solving.line, &error_of);
        let result = inversion.method.as_dyn().invert(&problem, &inversion.settings, &mut watch);
        let (rows, last_model, solves) = watch.finish();
        let mut outcome = RunOutcome {
            name: inversion.name.clone(),
            group: self.groups()[index].clone(),
            method: inversion.method.name().to_owned(),
            status: Status::Done,
            iterations: rows.history.last().map_or(0, |row| row.iteration),
            stopped_because: String::new(),
            wall_s: rows.clock.wall_s(),
            cpu_s: rows.clock.cpu_s(),
            pde_solves: rows.solved_before + solves,
            device: inversion.settings.devices(inversion.method.as_dyn().has_networks()),
            metrics: Metrics::default(),
            model: None,
            parameters: Vec::new(),
            wells: BTreeMap::new(),
            history: rows.history,
            wavefield: None,
            gathers: Vec::new(),
            networks: None,
        };
        let measured = result.and_then(|solution| {
            outcome.pde_solves = rows.solved_before + solution.pde_solves as u64;
            measured::finished(plan, &problem, inversion, &self.comparison, &solution, &mut outcome)
        });
        match measured {
            Ok(()) => {}
            Err(error) if error.is_divergence() => {
                outcome.status = Status::Diverged;
                outcome.stopped_because = error.to_string();
                // Of several parameters the inversion has reported only one.
                let velocity = start.parameters.is_empty();
                let last_model = last_model.filter(|_| velocity);
                outcome.model = last_model.map(|vp| on_grid(&vp)).filter(Model::is_physical);
            }
            Err(error) => return Err(error.into()),
        }
        let ended = MemberOutcome {
            method: outcome.method.clone(),
            status: outcome.status,
            stopped_because: outcome.stopped_because.clone(),
            iterations: outcome.iterations,
            wall_s: outcome.wall_s,
            cpu_s: outcome.cpu_s,
            device: outcome.device.clone(),
            metrics: outcome.values(),
        };
        self.put(outcome);
        Ok(ended)
    }

    fn recall(&mut self, _index: usize, member: &Member, folder: &Path) -> Result<(), FwiError> {
        self.put(RunDirectory::read_outcome(member, folder)?);
        Ok(())
    }

    fn write(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        Ok(self.outcome(index).map_or(Ok(()), |outcome| RunDirectory::write_results(folder, outcome))?)
    }

    fn draw(&self, index: usize, folder: &Path) -> Result<(), FwiError> {
        let Some(outcome) = self.outcome(index) else { return Ok(()) };
        for format in &self.plan.outputs.formats {
            let extension = export::exporter(format.name())?.extension;
            // model.h5 and model.png are the run directory's own.
            if !outcome.parameters.is_empty() {
                let path_of = |name: Option<&str>| match name {
                    Some(name) => folder.join(format!("export-{name}.{extension}")),
                    None => folder.join(format!("export.{extension}")),
                };
                export::export_parameters(&outcome.parameters, format.name(), path_of)?;
                continue;
            }
            let Some(model) = &outcome.model else { continue };
            let path = folder.join(format!("export.{extension}"));
            export::export(&model.clone().into(), format.name(), &path)?;
        }
        Ok(RunDirectory::draw(folder, outcome, &self.comparison)?)
    }

    fn draw_all(&self, directory: &Path) -> Result<(), FwiError> {
        let formats: Vec<&str> = self.plan.outputs.formats.iter().map(|format| format.name()).collect();
        spread::write(&self.comparison, &formats, directory)?;
        Ok(wells::write(&self.comparison, directory)?)
    }

    fn report(&self, summary: &Summary) -> String {
        report::html(&self.comparison, &table::tables(summary))
    }
}
