//! The main job: data, every inversion, comparison, report, exports.

use std::time::Instant;

use document::{Fault, KeyPath};
use fd::{Grid, HelmholtzOperator, PointSet};
use num_complex::Complex64;

use crate::bench::cpu_seconds;
use crate::checkpoint;
use crate::cli::ProgressArgs;
use crate::error::FwiError;
use crate::export;
use crate::forward::{Waves, background_slowness, omega};
use crate::history::HistoryRow;
use crate::inversion::{InversionError, Problem, Solution, StopReason, Wavefields};
use crate::metrics::{Disc, Metrics};
use crate::model::Model;
use crate::model_io::ComplexField;
use crate::outcome::{Comparison, RunInformation, RunOutcome};
use crate::plan::{InversionPlan, ModelSource, Plan};
use crate::region::{SubGrid, cells};
use crate::run_directory::RunDirectory;
use crate::simulate::{exact, simulate_to};
use crate::summary::Status;
use crate::watch::{Watch, catch_interruption};
use crate::waves_plan::WavesPlan;

/// Wavefields are compared outside this many wavelengths around the source, where a field is singular or smoothed.
const NEAR_SOURCE: f64 = 0.2;

/// Runs a whole scenario: data if they are missing, inversions, comparison, report, exports.
///
/// # Errors
/// [`FwiError`].
pub fn run(plan: &Plan, resume: bool, progress: ProgressArgs) -> Result<Comparison, FwiError> {
    if !plan.data.path.exists() {
        simulate_to(plan, &plan.data.path)?;
        if !progress.quiet {
            eprintln!("data: simulated, {}", plan.data.path.display());
        }
    }
    invert(plan, resume, progress)
}

/// Runs the inversions of a plan on data that are there, and writes the run directory.
///
/// # Errors
/// [`FwiError`].
pub fn invert(plan: &Plan, resume: bool, progress: ProgressArgs) -> Result<Comparison, FwiError> {
    let Some(data) = plan.observed()? else {
        let missing = crate::plan::data::missing(&plan.data.path, plan.data.simulate.is_some());
        return Err(plan.fault(Fault::new(KeyPath::of("data.file"), missing)));
    };
    catch_interruption();
    let directory = RunDirectory::create(&plan.directory)?;
    let output = plan.output;
    let waves = Waves::new(&plan.waves, plan.order, &data)?;
    let start = Start::new(&plan.initial, &plan.grid)?;
    let background = |p: [f64; 2]| start.velocity(p);
    let survey = data.survey().clone();
    let problem =
        Problem { grid: plan.grid, output, survey, waves, background: &background, uniform: start.uniform };
    let setting = setting(plan, &problem)?;
    directory.write_setting(&setting)?;
    // Inversions of an earlier command on the same directory stay in the comparison.
    let mut comparison = match RunDirectory::open(&plan.directory) {
        Ok(directory) => Comparison { outcomes: directory.read()?.outcomes, ..setting },
        Err(_) => setting,
    };
    for inversion in &plan.inversions {
        let done = |other: &RunOutcome| other.name == inversion.name && other.status == Status::Done;
        if resume && comparison.outcomes.iter().any(done) {
            continue;
        }
        let start = Start::new(&inversion.initial, &plan.grid)?;
        let background = |p: [f64; 2]| start.velocity(p);
        let problem = Problem {
            survey: problem.survey.clone(),
            waves: problem.waves.clone(),
            background: &background,
            uniform: start.uniform,
            ..problem
        };
        let outcome = one(plan, &problem, inversion, &comparison, &directory, resume, progress)?;
        directory.write_outcome(&outcome, &comparison)?;
        let interrupted = outcome.status == Status::Interrupted;
        comparison.outcomes.retain(|other| other.name != outcome.name);
        comparison.outcomes.push(outcome);
        let place = |name: &str| plan.scenario.inversions.iter().position(|i| i.name == name);
        comparison.outcomes.sort_by_key(|outcome| place(&outcome.name).unwrap_or(usize::MAX));
        directory.write_results(&comparison)?;
        if interrupted {
            let resume =
                format!("fwi invert {} --resume -o {}", plan.file.display(), plan.directory.display());
            return Err(FwiError::Interrupted { resume });
        }
    }
    exports(plan, &comparison, &directory)?;
    Ok(comparison)
}

/// A starting model.
struct Start {
    model: Model,
    uniform: Option<f64>,
}

impl Start {
    fn new(source: &ModelSource, grid: &Grid) -> Result<Self, FwiError> {
        Ok(Self { model: source.sample(grid)?, uniform: source.uniform() })
    }

    fn velocity(&self, point: [f64; 2]) -> f64 {
        self.uniform.unwrap_or_else(|| self.model.sample(point))
    }
}

/// Writes the models in the formats the scenario asks for.
fn exports(plan: &Plan, comparison: &Comparison, directory: &RunDirectory) -> Result<(), FwiError> {
    for outcome in &comparison.outcomes {
        let Some(model) = &outcome.model else { continue };
        for format in &plan.outputs.formats {
            let extension = export::exporter(format.name())?.extension;
            // model.h5 and model.png are the run directory's own.
            let path = directory.inversion(&outcome.name).join(format!("export.{extension}"));
            export::export(&model.clone().into(), format.name(), &path)?;
        }
    }
    Ok(())
}

/// What the inversions have in common.
fn setting(plan: &Plan, problem: &Problem) -> Result<Comparison, FwiError> {
    let output = &problem.output;
    let truth = plan.truth.as_ref().map(|truth| truth.sample(output)).transpose()?;
    let disc = plan.truth.as_ref().and_then(ModelSource::disc).map(|disc| Disc {
        centre: disc.centre,
        radius: disc.radius,
        velocity: disc.velocity,
        background: disc.background,
    });
    let survey = &problem.survey;
    let (kind, count) = match &plan.waves {
        WavesPlan::Helmholtz(waves) => ("frequencies", waves.frequencies.len()),
        WavesPlan::Acoustic(waves) => ("samples", waves.samples),
    };
    let facts = vec![
        (kind.to_owned(), count.to_string()),
        ("shots".to_owned(), survey.sources.len().to_string()),
        ("receivers".to_owned(), survey.receivers.count().to_string()),
        ("threads".to_owned(), rayon::current_num_threads().to_string()),
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let information = RunInformation { description: plan.description(), disc, facts };
    Ok(Comparison {
        scenario: plan.name.clone(),
        scenario_text: plan.text.clone(),
        truth,
        initial: Some(plan.initial.sample(output)?),
        true_wavefield: true_wavefield(plan)?,
        observed: problem.waves.as_dyn().gather(problem, shown_shot(plan), None)?,
        survey: Some(problem.survey.clone()),
        information,
        outcomes: Vec::new(),
    })
}

/// The shot whose wavefields are shown: the middle one.
fn shown_shot(plan: &Plan) -> usize {
    plan.survey.sources.len() / 2
}

/// The grid on which wavefields are compared: the first inversion's region in cells of a sixteenth of a wavelength.
fn wavefield_grid(plan: &Plan) -> Result<Grid, FwiError> {
    let region = plan.inversions.first().map_or_else(|| plan.grid.domain(), |i| i.settings.region);
    Ok(cells(&region, plan.grid.spacing[0])?)
}

/// The true wavefield of the shown shot at the highest frequency.
fn true_wavefield(plan: &Plan) -> Result<Option<ComplexField>, FwiError> {
    let (Some(truth), Some(waves)) = (&plan.truth, plan.waves.helmholtz()) else { return Ok(None) };
    let Some(&frequency) = waves.frequencies.last() else { return Ok(None) };
    let grid = wavefield_grid(plan)?;
    let points: Vec<[f64; 2]> = grid.points().collect();
    let shot = shown_shot(plan);
    let values = if truth.disc().is_some() || truth.uniform().is_some() {
        exact(&plan.survey, truth, frequency, |_| &points)?.swap_remove(shot)
    } else {
        let operator = HelmholtzOperator::new(plan.grid, waves.pml, plan.order, omega(frequency))?;
        let model = truth.sample(&plan.grid)?;
        let strength =
            plan.survey.effective_strength(omega(frequency) / model.sample(plan.survey.sources[shot]));
        let sources = PointSet::new(&plan.grid, &plan.survey.sources[shot..=shot])?;
        let fields =
            operator.prepare(&model.squared_slowness())?.solve(&sources.sources(&plan.grid, strength))?;
        PointSet::new(&plan.grid, &points)?.sample(&fields[0])
    };
    Ok(Some(ComplexField { grid, values, frequency, shot }))
}

fn one(
    plan: &Plan,
    problem: &Problem,
    inversion: &InversionPlan,
    comparison: &Comparison,
    directory: &RunDirectory,
    resume: bool,
    progress: ProgressArgs,
) -> Result<RunOutcome, FwiError> {
    let output = problem.output;
    let folder = directory.inversion(&inversion.name).join("checkpoint");
    let state = if resume { checkpoint::read(&folder)? } else { None };
    // The grid method answers on the nodes of the solver, networks on the output grid.
    let on_grid = |vp: &[f64]| {
        let grid = if vp.len() == output.len() { output } else { plan.grid };
        Model { grid, vp: vp.to_vec() }
    };
    let error_of = |vp: &[f64]| {
        let truth = comparison.truth.as_ref()?;
        crate::metrics::velocity_relative_l2(&on_grid(vp).resample_onto(&truth.grid), truth)
    };
    let before = comparison.outcomes.iter().find(|other| state.is_some() && other.name == inversion.name);
    let mut watch = Watch::new(&inversion.name, progress, &folder, state, &error_of);
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let result = inversion.method.as_dyn().invert(problem, &inversion.settings, &mut watch);
    let (mut wall_s, mut cpu_s) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let mut history = std::mem::take(&mut watch.history);
    let last_model = watch.last_model.take();
    drop(watch);
    if let Some(before) = before {
        history = continued(before, history);
        (wall_s, cpu_s) = (wall_s + before.wall_s, cpu_s + before.cpu_s);
    }
    let mut outcome = RunOutcome {
        name: inversion.name.clone(),
        method: inversion.method.name().to_owned(),
        status: Status::Done,
        iterations: history.last().map_or(0, |row| row.iteration),
        stopped_because: String::new(),
        wall_s,
        cpu_s,
        pde_solves: 0,
        device: inversion.settings.device.clone(),
        metrics: Metrics::default(),
        model: None,
        history,
        wavefield: None,
        gather: None,
        networks: None,
    };
    match result {
        Ok(solution) => {
            finished(plan, problem, inversion, comparison, &solution, &mut outcome)?;
            outcome.pde_solves += before.map_or(0, |before| before.pde_solves);
        }
        Err(error @ InversionError::Diverged { .. }) => {
            outcome.status = Status::Diverged;
            outcome.stopped_because = error.to_string();
            outcome.model = last_model.map(|vp| on_grid(&vp));
            eprintln!("error: {}: {error}", inversion.name);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(outcome)
}

/// The history before an interruption, then the one after it, on one clock.
fn continued(before: &RunOutcome, after: Vec<HistoryRow>) -> Vec<HistoryRow> {
    let first = after.first().map_or(u64::MAX, |row| row.iteration);
    let mut rows: Vec<HistoryRow> =
        before.history.iter().filter(|row| row.iteration < first).copied().collect();
    rows.extend(after.into_iter().map(|row| HistoryRow { wall_s: row.wall_s + before.wall_s, ..row }));
    rows
}

fn finished(
    plan: &Plan,
    problem: &Problem,
    inversion: &InversionPlan,
    comparison: &Comparison,
    solution: &Solution,
    outcome: &mut RunOutcome,
) -> Result<(), FwiError> {
    outcome.iterations = solution.iterations as u64;
    outcome.pde_solves = solution.pde_solves as u64;
    outcome.stopped_because = solution.stopped.to_string();
    if solution.stopped == StopReason::Interrupted {
        outcome.status = Status::Interrupted;
    }
    let model = match &comparison.truth {
        Some(truth) => solution.model.resample_onto(&truth.grid),
        None => solution.model.resample_onto(&problem.output),
    };
    let m = slowness_on_solver(problem, &solution.model);
    let waves = problem.waves.as_dyn();
    outcome.metrics.data_misfit_relative = Some(waves.relative_misfit(problem, &inversion.settings, &m)?);
    outcome.gather = waves.gather(problem, shown_shot(plan), Some((&inversion.settings, &m)))?;
    if let Some(truth) = &comparison.truth {
        let metrics = std::mem::take(&mut outcome.metrics);
        outcome.metrics = metrics.with_model(&model, truth, comparison.information.disc.as_ref());
    }
    if let Some(wavefields) = &solution.wavefields {
        let field = shown_wavefield(plan, wavefields)?;
        if let (Some(field), Some(truth)) = (&field, &comparison.true_wavefield)
            && field.frequency == truth.frequency
        {
            outcome.metrics.wavefield_relative_l2 = away_from_source(plan, field, truth);
        }
        outcome.wavefield = field;
    }
    outcome.model = Some(model);
    outcome.networks = solution.networks.clone();
    Ok(())
}

/// Squared slowness of a model on the solver's grid, the starting model's where the model does not reach.
fn slowness_on_solver(problem: &Problem, model: &Model) -> Vec<f64> {
    if model.grid == problem.grid {
        return model.squared_slowness();
    }
    let covered = model.grid.domain();
    // Cells, not nodes: a fine model is averaged over each cell of the solver's grid, in squared slowness.
    let fine = fd::average_on_grid(&problem.grid, 4, |x, z| {
        if covered.covers([x, z]) { model.sample([x, z]).powi(-2) } else { f64::NAN }
    });
    let start = background_slowness(problem, &problem.grid);
    fine.into_iter().zip(start).map(|(m, start)| if m.is_finite() { m } else { start }).collect()
}

/// The wavefield of the shown shot at the highest frequency of a solution, on the grid of comparisons.
fn shown_wavefield(plan: &Plan, wavefields: &Wavefields) -> Result<Option<ComplexField>, FwiError> {
    let (shots, shot) = (plan.survey.sources.len(), shown_shot(plan));
    let Some(&frequency) = wavefields.frequencies.last() else { return Ok(None) };
    let u: &Vec<Complex64> = &wavefields.pressure[(wavefields.frequencies.len() - 1) * shots + shot];
    let whole = wavefield_grid(plan)?;
    let grid = SubGrid::new(&whole, &wavefields.grid.domain())?.grid;
    let points: Vec<[f64; 2]> = grid.points().collect();
    let values = PointSet::new(&wavefields.grid, &points)?.sample(u);
    Ok(Some(ComplexField { grid, values, frequency, shot }))
}

fn away_from_source(plan: &Plan, field: &ComplexField, truth: &ComplexField) -> Option<f64> {
    let source = plan.survey.sources[field.shot];
    let v = plan.initial.sample(&plan.grid).ok()?.sample(source);
    let nearest = NEAR_SOURCE * v / field.frequency;
    let (mut difference, mut energy) = (0.0, 0.0);
    for (p, value) in field.grid.points().zip(&field.values) {
        if (p[0] - source[0]).hypot(p[1] - source[1]) < nearest {
            continue;
        }
        let there = truth.grid.points().position(|q| (q[0] - p[0]).abs() + (q[1] - p[1]).abs() < 1e-6)?;
        difference += (value - truth.values[there]).norm_sqr();
        energy += truth.values[there].norm_sqr();
    }
    (energy > 0.0).then(|| (difference / energy).sqrt())
}
