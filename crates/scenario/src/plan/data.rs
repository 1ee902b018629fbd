//! The observed data, or how to simulate them.

pub mod problems;

use std::path::{Path, PathBuf};

use document::problems::MissingFile;
use document::{Fault, KeyPath};
use fd::{Grid, Point};

use self::problems::{
    BadTraces, DataFrequency, NoTruth, NotExact, OtherStrength, OtherSurvey, OtherTimes, SourceInDisc,
};
use super::domain::problems::SolverError;
use super::frequencies::{self, Scheme};
use super::waves::problems::{NoSuchMedium, UnsuitablePhysics};
use super::{DataPlan, DataSource, SimulatePlan, domain};
use super::{systems, waves};
use crate::GridBlock;
use crate::data::{DataBlock, EngineChoice, FiniteDifferences};
use experiments::order;
use fwi::forward::medium_solver::order_in;
use fwi::harmonic_medium::HarmonicMedium;
use fwi::waves_plan::TransientPlan;
use fwi::waves_plan::WavesPlan;
use num_complex::Complex64;
use survey::dataset::Dataset;
use survey::gathers::GatherFile;
use survey::model::Model;
use survey::model_source::ModelSource;
use survey::observed::Observed;
use survey::positions::default_strength;
use survey::survey::Survey;

/// Largest difference between a position in the file and in the scenario, m.
const SAME_PLACE: f64 = 1e-3;

/// The data of a file that must exist; `None` if they are simulated.
pub(super) fn observed(block: &DataBlock, path: &Path, waves: &WavesPlan) -> Result<Option<Observed>, Fault> {
    if block.simulate.is_some() {
        return Ok(None);
    }
    let at = KeyPath::of("data.file");
    if !path.exists() {
        return Err(Fault::new(at, missing(path, true)));
    }
    waves.open(path).map(Some).map_err(|error| Fault::new(at, error))
}

/// The problem of a missing data file. The scenario may be able to simulate it.
pub fn missing(path: &Path, can_simulate: bool) -> MissingFile {
    let missing = MissingFile::new(path.to_owned());
    if can_simulate {
        MissingFile { help: "make it with `fwi import`, or add `simulate:` to this block", ..missing }
    } else {
        missing
    }
}

/// Checks data against the scenario that uses them.
pub(super) fn matches(
    observed: &Observed,
    path: &Path,
    survey: &Survey,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    same_survey(observed.survey(), path, survey)?;
    match (observed, waves) {
        (Observed::Frequencies(data), WavesPlan::Helmholtz(waves)) => {
            same_strength(&data.survey, path, survey)?;
            let at = KeyPath::of("physics.helmholtz.frequencies");
            frequencies_match(&at, data, &waves.frequencies, 0)
        }
        (Observed::Frequencies(data), WavesPlan::AtFrequencies(waves)) => {
            same_strength(&data.survey, path, survey)?;
            frequencies_match(&KeyPath::of("physics.waves.frequencies"), data, &waves.frequencies, 0)
        }
        (Observed::Times(file), WavesPlan::Transient(waves)) => times_match(file, waves),
        _ => unreachable!("data are opened for the equation"),
    }
}

/// Checks that data at frequencies have the strength of sources that the scenario gives. One that gives none takes that of the
/// data.
fn same_strength(stored: &Survey, path: &Path, survey: &Survey) -> Result<(), Fault> {
    let [real, imaginary] = default_strength();
    let (found, given) = (stored.strength, survey.strength);
    if given == Complex64::new(real, imaginary) || (given - found).norm() <= 1e-9 * found.norm() {
        return Ok(());
    }
    let problem = OtherStrength { path: path.to_owned(), found, given };
    Err(Fault::new(KeyPath::of("survey.source.strength"), problem))
}

/// Checks that data have the sources and receivers of the scenario.
pub(super) fn same_survey(stored: &Survey, path: &Path, survey: &Survey) -> Result<(), Fault> {
    let mut lists = vec![("sources", &*stored.sources, &*survey.sources)];
    lists.extend(
        (0..survey.sources.len()).map(|k| ("receivers", stored.receivers.of(k), survey.receivers.of(k))),
    );
    for (what, file, here) in lists {
        let apart = |(p, q): (&Point, &Point)| p.dims() != q.dims() || p.distance(q) > SAME_PLACE;
        let first = file.iter().zip(here).position(apart).map(|i| (i, file[i], here[i]));
        if file.len() != here.len() || first.is_some() {
            let (path, in_file, in_scenario) = (path.to_owned(), file.len(), here.len());
            let first = first.filter(|_| in_file == in_scenario);
            let problem = OtherSurvey { what, path, in_file, in_scenario, first };
            return Err(Fault::new(KeyPath::of("data.file"), problem));
        }
    }
    Ok(())
}

/// Checks that data have some frequencies, of which the first is the scenario's frequency `place`, from 0; those of the scenario
/// stand at `at`.
pub(super) fn frequencies_match(
    at: &KeyPath,
    observed: &Dataset,
    frequencies: &[f64],
    place: usize,
) -> Result<(), Fault> {
    match frequencies.iter().position(|f| index_of(observed, *f).is_none()) {
        Some(i) => {
            let problem = DataFrequency { found: frequencies[i], available: observed.frequencies.clone() };
            Err(Fault::new(at.index(place + i), problem))
        }
        None => Ok(()),
    }
}

fn times_match(file: &GatherFile, waves: &TransientPlan) -> Result<(), Fault> {
    let (dt, samples) = (file.header.dt, file.header.samples);
    let long_enough = dt * samples as f64 >= waves.interval() * (waves.samples - 1) as f64;
    let resampled = waves.processing.iter().any(|step| step.as_dyn().resamples()) && long_enough;
    if !waves.has_times(samples, dt) && !resampled {
        let problem = OtherTimes { dt, samples, interval: waves.interval(), expected: waves.samples };
        return Err(Fault::new(KeyPath::of("data.file"), problem));
    }
    if waves.mask_dead_traces {
        return Ok(());
    }
    let at = KeyPath::of("data.file");
    let bad = file.bad_traces().map_err(|error| Fault::new(&at, error))?;
    match bad.first() {
        Some(first) => Err(Fault::new(at, BadTraces { first: *first, count: bad.len() })),
        None => Ok(()),
    }
}

fn index_of(observed: &Dataset, frequency: f64) -> Option<usize> {
    observed.frequencies.iter().position(|f| (f / frequency - 1.0).abs() < 1e-6)
}

/// The part of data that belongs to some of their frequencies, in the order of these.
pub(super) fn of_frequencies(observed: &Dataset, frequencies: &[f64]) -> Dataset {
    let values = frequencies.iter().filter_map(|f| index_of(observed, *f)).flat_map(|i| observed.gathers(i));
    Dataset { values: values.copied().collect(), frequencies: frequencies.to_vec(), ..observed.clone() }
}

/// The plan of the block `data`.
pub(super) fn data(
    (block, grid_block): (&DataBlock, &GridBlock),
    path: PathBuf,
    truth: Option<&ModelSource>,
    grid: &Grid,
    survey: &Survey,
    waves: &WavesPlan,
) -> Result<DataPlan, Fault> {
    let Some(block) = &block.simulate else {
        return Ok(DataPlan { path, simulate: None });
    };
    let at = KeyPath::of("data.simulate");
    let system = waves.system();
    let known =
        system.map_or(truth.is_some(), |system| system.parameters.iter().all(|of| of.truth.is_some()));
    if !known {
        return Err(Fault::new(at, NoTruth));
    }
    let noise = block.noise.relative;
    let at = at.key("engine").key(block.engine.name());
    let engine = match &block.engine {
        EngineChoice::Exact(_) => {
            if let WavesPlan::Transient(_) | WavesPlan::AtFrequencies(_) = waves {
                let in_time = waves.frequencies().is_none();
                let instead =
                    if in_time { "finite_differences: {refine: 2}" } else { "finite_differences: {}" };
                let physics = if system.is_some() { "waves" } else { "acoustic" };
                return Err(Fault::new(at, UnsuitablePhysics { physics, instead }));
            }
            truth.map_or(Ok(()), |truth| exact(&at, truth, survey))?;
            if let Some(of) = waves.helmholtz().and_then(|waves| waves.medium.first_property()) {
                let (found, expected) = ("exact".to_owned(), "finite_differences: {}".to_owned());
                let help = "the exact solution is that of the velocity alone";
                return Err(Fault::new(at, NoSuchMedium { of, found, expected, help }));
            }
            DataSource::Exact
        }
        EngineChoice::FiniteDifferences(settings) => {
            let spacing = settings.spacing.unwrap_or(grid_block.spacing);
            let sides: Vec<[f64; 2]> = grid_block.sides().into_iter().map(|(_, side)| side).collect();
            let own = domain::over(&at.key("spacing"), &sides, spacing)?;
            let order = settings.order.unwrap_or(grid_block.order);
            order::check(&at.key("order"), order)?;
            let order = match waves.helmholtz() {
                Some(waves) => in_medium(&at, settings, &waves.medium, order)?,
                None => order,
            };
            let grid = if settings.spacing.is_some() { own } else { *grid };
            refined(&at, settings, truth, &grid, order, waves)?;
            DataSource::FiniteDifferences { grid, order, refine: settings.refine }
        }
    };
    Ok(DataPlan { path, simulate: Some(SimulatePlan { engine, noise, seed: block.noise.seed }) })
}

/// The order of a simulation in a medium at frequencies.
fn in_medium(
    at: &KeyPath,
    settings: &FiniteDifferences,
    medium: &HarmonicMedium,
    order: usize,
) -> Result<usize, Fault> {
    if !medium.has_matrix() {
        let (found, expected) = ("finite_differences".to_owned(), "data in a file".to_owned());
        let help = "leave `simulate` out and name the file of the data: no finite differences solve this equation yet";
        return Err(Fault::new(at, NoSuchMedium { of: "anisotropy", found, expected, help }));
    }
    let needed = order_in(medium, order);
    match settings.order {
        Some(order) if order != needed => {
            let (found, expected) = (format!("order: {order}"), format!("order: {needed}"));
            let help = "leave it out: the scheme of variable density has this order";
            Err(Fault::new(at.key("order"), NoSuchMedium { of: "density", found, expected, help }))
        }
        _ => Ok(needed),
    }
}

/// Checks the grid and the time step of a simulation.
fn refined(
    at: &KeyPath,
    settings: &FiniteDifferences,
    truth: Option<&ModelSource>,
    grid: &Grid,
    order: usize,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    let at = at.key("refine");
    let absent = || Fault::new(KeyPath::of("model.truth"), NoTruth);
    let sampled = || truth.and_then(|truth| truth.sample(grid).ok()).ok_or_else(absent);
    let scheme = Scheme::of(waves);
    match waves {
        WavesPlan::AtFrequencies(waves) => {
            frequencies::not_refined(&at, settings.refine)?;
            order::check_of_systems(&at.parent().key("order"), order)?;
            let Some(scheme) = scheme else { return Ok(()) };
            let spacing = at.parent().key("spacing");
            let carries = |models: &[&Model]| {
                domain::carries(&|_| spacing.clone(), grid, &waves.frequencies, order, models)
            };
            systems::simulated(&at, scheme, (grid, order), 1, &carries)?;
            frequencies::solvable_truth(&spacing, waves, (grid, order))
        }
        WavesPlan::Helmholtz(_) if settings.refine > 1 => {
            let instead = "spacing: ...";
            Err(Fault::new(at, UnsuitablePhysics { physics: "helmholtz", instead }))
        }
        WavesPlan::Helmholtz(waves) => {
            let model = sampled()?;
            let spacing = at.parent().key("spacing");
            waves.pml.check(grid).map_err(|error| Fault::new(spacing, SolverError(error)))?;
            domain::sampling(grid, waves, order, &[&model])
        }
        WavesPlan::Transient(waves) => {
            order::check_in_time(&at.parent().key("order"), order)?;
            if let Some(scheme) = scheme {
                let carries = |models: &[&Model]| {
                    waves::carries(&at.parent().key("spacing"), waves, grid, order, models)
                };
                return systems::simulated(&at, scheme, (grid, order), settings.refine, &carries);
            }
            let model = sampled()?;
            waves::carries(&at.parent().key("spacing"), waves, grid, order, &[&model])?;
            waves::stable(&at, waves, grid, order, settings.refine, &[&model])
        }
    }
}

fn exact(at: &KeyPath, truth: &ModelSource, survey: &Survey) -> Result<(), Fault> {
    if truth.uniform().is_some() {
        return Ok(());
    }
    let Some(disc) = truth.disc() else {
        return Err(Fault::new(at, NotExact { found: truth.choice.name() }));
    };
    let distance = |p: &Point| p.distance(&disc.centre.into());
    match survey.sources.iter().position(|source| distance(source) <= disc.radius) {
        Some(index) => {
            let distance = distance(&survey.sources[index]);
            Err(Fault::new(at, SourceInDisc { index, distance, radius: disc.radius }))
        }
        None => Ok(()),
    }
}
