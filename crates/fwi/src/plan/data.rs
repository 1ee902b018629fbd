//! The observed data, or how they come to be.

use std::path::{Path, PathBuf};

use fd::Grid;

use super::waves;
use super::{DataPlan, DataSource, ModelSource, SimulatePlan, domain};
use crate::dataset::Dataset;
use crate::gathers::GatherFile;
use crate::key_path::KeyPath;
use crate::observed::Observed;
use crate::problem::{Problem, Unit};
use crate::scenario::GridBlock;
use crate::scenario::check::{Fault, positive, within};
use crate::scenario::data::{DataBlock, EngineChoice, FiniteDifferences};
use crate::survey::Survey;
use crate::waves_plan::AcousticPlan;
use crate::waves_plan::WavesPlan;

/// Largest difference between a position in the file and in the scenario, m.
const SAME_PLACE: f64 = 1e-3;

/// The data of a file that has to exist; `None` when they are simulated.
pub(super) fn observed(block: &DataBlock, path: &Path, waves: &WavesPlan) -> Result<Option<Observed>, Fault> {
    if block.simulate.is_some() {
        return Ok(None);
    }
    let at = KeyPath::of("data.file");
    if !path.exists() {
        return Err((at, Problem::NoFile { path: path.to_owned(), can_simulate: true }));
    }
    waves.open(path).map(Some).map_err(|error| (at, Problem::File(Box::new(error))))
}

/// Checks data against the scenario that asks for them.
pub(super) fn matches(
    observed: &Observed,
    path: &Path,
    survey: &Survey,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    let stored = observed.survey();
    let mut lists = vec![("sources", &*stored.sources, &*survey.sources)];
    lists.extend(
        (0..survey.sources.len()).map(|k| ("receivers", stored.receivers.of(k), survey.receivers.of(k))),
    );
    for (what, file, here) in lists {
        let apart = |(p, q): (&[f64; 2], &[f64; 2])| (p[0] - q[0]).hypot(p[1] - q[1]) > SAME_PLACE;
        let first = file.iter().zip(here).position(apart).map(|i| (i, file[i], here[i]));
        if file.len() != here.len() || first.is_some() {
            let (path, in_file, in_scenario) = (path.to_owned(), file.len(), here.len());
            let first = first.filter(|_| in_file == in_scenario);
            let problem = Problem::Survey { what, path, in_file, in_scenario, first };
            return Err((KeyPath::of("data.file"), problem));
        }
    }
    match (observed, waves) {
        (Observed::Frequencies(data), WavesPlan::Helmholtz(waves)) => {
            frequencies_match(data, &waves.frequencies)
        }
        (Observed::Times(file), WavesPlan::Acoustic(waves)) => times_match(file, waves),
        _ => unreachable!("data are opened for the equation"),
    }
}

fn frequencies_match(observed: &Dataset, frequencies: &[f64]) -> Result<(), Fault> {
    match frequencies.iter().position(|f| index_of(observed, *f).is_none()) {
        Some(i) => {
            let problem =
                Problem::DataFrequency { found: frequencies[i], available: observed.frequencies.clone() };
            Err((KeyPath::of("physics.helmholtz.frequencies").index(i), problem))
        }
        None => Ok(()),
    }
}

fn times_match(file: &GatherFile, waves: &AcousticPlan) -> Result<(), Fault> {
    let (dt, samples) = (file.header.dt, file.header.samples);
    let same = (dt / waves.interval() - 1.0).abs() < 1e-6 && samples == waves.samples;
    if !same {
        let problem = Problem::DataTimes { dt, samples, interval: waves.interval(), expected: waves.samples };
        return Err((KeyPath::of("data.file"), problem));
    }
    if waves.mask_dead_traces {
        return Ok(());
    }
    let at = KeyPath::of("data.file");
    let bad = file.bad_traces().map_err(|error| (at.clone(), Problem::File(Box::new(error))))?;
    match bad.first() {
        Some(first) => Err((at, Problem::BadTraces { first: *first, count: bad.len() })),
        None => Ok(()),
    }
}

fn index_of(observed: &Dataset, frequency: f64) -> Option<usize> {
    observed.frequencies.iter().position(|f| (f / frequency - 1.0).abs() < 1e-6)
}

/// The part of data that belongs to some of their frequencies, in the order of these.
pub(super) fn of_frequencies(observed: &Dataset, frequencies: &[f64]) -> Dataset {
    let pressure =
        frequencies.iter().filter_map(|f| index_of(observed, *f)).flat_map(|i| observed.gathers(i));
    Dataset { pressure: pressure.copied().collect(), frequencies: frequencies.to_vec(), ..observed.clone() }
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
    let Some(truth) = truth else {
        return Err((at, Problem::NoTruth));
    };
    let noise = block.noise.relative;
    within(&at.key("noise").key("relative"), noise, [0.0, 10.0], Unit::None)?;
    let at = at.key("engine").key(block.engine.name());
    let engine = match &block.engine {
        EngineChoice::Exact(_) => {
            if let WavesPlan::Acoustic(_) = waves {
                let instead = "finite_differences: {refine: 2}".to_owned();
                return Err((at, Problem::PhysicsUnfit { physics: "acoustic", instead }));
            }
            exact(&at, truth, survey)?;
            DataSource::Exact
        }
        EngineChoice::FiniteDifferences(settings) => {
            let spacing = settings.spacing.unwrap_or(grid_block.spacing);
            positive(&at.key("spacing"), spacing, Unit::Metre)?;
            let sides = [grid_block.x, grid_block.z];
            let own = domain::over(&at.key("spacing"), sides, spacing)?;
            let order = settings.order.unwrap_or(grid_block.order);
            domain::order(&at.key("order"), order)?;
            let grid = if settings.spacing.is_some() { own } else { *grid };
            refined(&at, settings, truth, &grid, order, waves)?;
            DataSource::FiniteDifferences { grid, order, refine: settings.refine }
        }
    };
    Ok(DataPlan { path, simulate: Some(SimulatePlan { engine, noise, seed: block.noise.seed }) })
}

/// Checks the grid and the time step of a simulation.
fn refined(
    at: &KeyPath,
    settings: &FiniteDifferences,
    truth: &ModelSource,
    grid: &Grid,
    order: usize,
    waves: &WavesPlan,
) -> Result<(), Fault> {
    let at = at.key("refine");
    within(&at, settings.refine as f64, [1.0, 1000.0], Unit::None)?;
    match waves {
        WavesPlan::Helmholtz(_) if settings.refine > 1 => {
            let instead = "spacing: ...".to_owned();
            Err((at, Problem::PhysicsUnfit { physics: "helmholtz", instead }))
        }
        WavesPlan::Helmholtz(waves) => {
            let model = truth.sample(grid).map_err(|_| (KeyPath::of("model.true"), Problem::NoTruth))?;
            let spacing = at.parent().key("spacing");
            waves.pml.check(grid).map_err(|error| (spacing, Problem::Grid(error)))?;
            domain::sampling(grid, waves, order, &[&model])
        }
        WavesPlan::Acoustic(waves) => {
            if !crate::scenario::physics::ORDERS.contains(&order) {
                let key = at.parent().key("order");
                return Err((key, waves::order_in_time(order)));
            }
            let model = truth.sample(grid).map_err(|_| (KeyPath::of("model.true"), Problem::NoTruth))?;
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
        return Err((at.clone(), Problem::NotExact { found: truth.choice.name() }));
    };
    let distance = |p: &[f64; 2]| (p[0] - disc.centre[0]).hypot(p[1] - disc.centre[1]);
    match survey.sources.iter().position(|source| distance(source) <= disc.radius) {
        Some(index) => {
            let distance = distance(&survey.sources[index]);
            Err((at.clone(), Problem::SourceInDisc { index, distance, radius: disc.radius }))
        }
        None => Ok(()),
    }
}
