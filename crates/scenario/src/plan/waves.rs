//! The equation with its settings, and checks that grid, boundary and source suit it.

pub(super) mod problems;

use std::path::Path;

use document::problems::MissingKey;
use document::{Fault, KeyPath};
use fd::{FdError, Grid};

use self::problems::{
    EpsilonBelowDelta, IntervalTooLong, MemoryLimit, RecordTooShort, SilentWavelet, SpectrumBeyondGrid,
    UnstableStep, UnsuitablePhysics, WaveletTooLong, WaveletsOfShots,
};
use super::domain::problems::SolverError;
use super::{domain, frequencies, processing, properties};
use crate::boundary::{BoundaryChoice, Cpml as CpmlBoundary};
use survey::anisotropy::Anisotropy;
use survey::data_error::DataError;
use survey::density::DensityChoice;
use survey::model::Model;

use crate::physics::{PhysicsChoice, Times};
use crate::{DataBlock, GridBlock, StorageChoice};
use experiments::order;
use fwi::harmonic_medium::HarmonicMedium;
use fwi::storage::StorageSettings;
use fwi::waves_plan::{HelmholtzPlan, SystemPlan, TransientPlan, WavesPlan};
use survey::positions::SourceBlock;
use survey::positions::default_strength;
use survey::survey::Survey;
use survey::traces::{Band, Resampling, Transform};
use survey::wavelet::WaveletChoice;
use survey::wavelet::{self, SourceWavelets};

/// Largest share of a wavelet's energy above the frequencies that the grid or the samples of the data resolve.
const BEYOND: f64 = 1e-3;

/// Share of a wavelet's energy with which it begins.
const ONSET: f64 = 0.01;

/// Most samples that represent a wavelet from its first to its last value and up to its highest frequency.
const MOST_SAMPLES: f64 = 1e6;

/// The blocks of a scenario that the equation follows from.
#[derive(Clone, Copy)]
pub(super) struct EquationBlocks<'a> {
    /// Which equation.
    pub(super) physics: &'a PhysicsChoice,
    /// The grid with its boundary.
    pub(super) grid: &'a GridBlock,
    /// What the sources emit.
    pub(super) source: &'a SourceBlock,
    /// The data, if the scenario has any.
    pub(super) data: Option<&'a DataBlock>,
    /// The system of `physics.waves`.
    pub(super) system: Option<&'a SystemPlan>,
}

/// The equation of a scenario, checked by itself and against the boundary and the source.
pub(super) fn waves(blocks: EquationBlocks, grid: &Grid, folder: &Path) -> Result<WavesPlan, Fault> {
    let EquationBlocks { physics, source: emission, data, .. } = blocks;
    let at = KeyPath::of("physics").key(physics.name());
    physics.as_dyn().check(&at)?;
    let boundary = &blocks.grid.boundary;
    let edge = KeyPath::of("grid.boundary").key(boundary.name());
    boundary.as_dyn().check(&edge)?;
    let source = KeyPath::of("survey.source");
    let unfit = |at: KeyPath, instead: &'static str| {
        Err(Fault::new(at, UnsuitablePhysics { physics: physics.name(), instead }))
    };
    match (physics, boundary) {
        (PhysicsChoice::Helmholtz(helmholtz), BoundaryChoice::Pml(pml)) => {
            domain::only_sections(grid, "`helmholtz`")?;
            let pml = pml.layer();
            pml.check(grid).map_err(|error| Fault::new(edge.key("thickness"), SolverError(error)))?;
            if emission.wavelet.is_some() {
                return unfit(source.key("wavelet"), "strength: [1, 0]");
            }
            if emission.field.is_some() {
                return unfit(source.key("field"), "strength: [1, 0]");
            }
            if let Some((at, instead)) = data.and_then(processing::of_traces) {
                return unfit(at, instead);
            }
            let (frequencies, mut medium) = (helmholtz.frequencies.clone(), helmholtz.medium());
            properties::read(helmholtz, &mut medium, folder)?;
            thomsen(&at.key("anisotropy"), &medium, grid)?;
            Ok(WavesPlan::Helmholtz(HelmholtzPlan { pml, frequencies, medium: Box::new(medium) }))
        }
        (PhysicsChoice::Acoustic(acoustic), BoundaryChoice::Cpml(cpml)) => {
            let density = acoustic.density.clone();
            transient(blocks, (acoustic.times(), cpml), density, folder).map(WavesPlan::Transient)
        }
        (PhysicsChoice::Waves(waves), BoundaryChoice::Cpml(cpml)) => match waves.times() {
            Some(times) => transient(blocks, (times, cpml), None, folder).map(WavesPlan::Transient),
            None => {
                domain::only_sections(grid, "`waves` with `frequencies`")?;
                let system = blocks.system.expect("the plan of `waves` has a system");
                let grid = (blocks.grid, cpml);
                frequencies::plan((waves, system), grid, emission, data).map(WavesPlan::AtFrequencies)
            }
        },
        (PhysicsChoice::Helmholtz(_), _) => unfit(edge, "pml: {thickness: 500}"),
        (PhysicsChoice::Acoustic(_) | PhysicsChoice::Waves(_), _) => unfit(edge, "cpml: {cells: 20}"),
    }
}

/// Waves in time.
fn transient(
    blocks: EquationBlocks,
    (times, cpml): (Times, &CpmlBoundary),
    density: Option<DensityChoice>,
    folder: &Path,
) -> Result<TransientPlan, Fault> {
    let EquationBlocks { physics, source: emission, data, system, .. } = blocks;
    let source = KeyPath::of("survey.source");
    let unfit = |at: KeyPath, instead: &'static str| {
        Err(Fault::new(at, UnsuitablePhysics { physics: physics.name(), instead }))
    };
    let Some(wavelet) = &emission.wavelet else {
        return Err(Fault::new(source, MissingKey::new("wavelet")));
    };
    if emission.variance != 0.0 {
        return unfit(source.key("variance"), "wavelet: {...} alone");
    }
    if emission.strength != default_strength() {
        return unfit(source.key("strength"), "wavelet: {...} with its amplitude");
    }
    if emission.field.is_some() && system.is_none() {
        return unfit(source.key("field"), "wavelet: {...} alone");
    }
    order::check_in_time(&KeyPath::of("grid.order"), blocks.grid.order)?;
    let (source, band) = emitted(&source.key("wavelet"), wavelet, times, folder)?;
    let cpml_of = fd::time::Cpml {
        cells: cpml.cells,
        frequency: band.peak.max(0.5 * band.high),
        reflection: cpml.reflection,
    };
    Ok(TransientPlan {
        step: times.step,
        steps_per_sample: times.steps_per_sample(),
        samples: times.samples(),
        boundary: fd::time::Boundary { cpml: cpml_of, free_surface: cpml.free_surface },
        wavelet: wavelet.clone(),
        band,
        density,
        system: system.cloned().map(Box::new),
        source,
        mask_dead_traces: data.is_some_and(|data| data.mask_dead_traces),
        processing: data.map(|data| data.processing.clone()).unwrap_or_default(),
    })
}

/// Checks that waves of an anisotropic medium exist at every node: epsilon is not below delta.
fn thomsen(at: &KeyPath, medium: &HarmonicMedium, grid: &Grid) -> Result<(), Fault> {
    let Some(Anisotropy { epsilon, delta }) = &medium.anisotropy else { return Ok(()) };
    match grid.points().find(|point| epsilon.at(*point) < delta.at(*point)) {
        Some(point) => {
            let [epsilon, delta] = [epsilon.at(point), delta.at(point)];
            Err(Fault::new(at.key("epsilon"), EpsilonBelowDelta { epsilon, delta, point }))
        }
        None => Ok(()),
    }
}

/// The wavelet at the time step, and its band.
fn emitted(
    at: &KeyPath,
    choice: &WaveletChoice,
    times: Times,
    folder: &Path,
) -> Result<(SourceWavelets, Band), Fault> {
    let at = at.key(choice.name());
    choice.as_dyn().check(&at)?;
    let wrong = |error: DataError| Fault::new(&at, error);
    let silent = || Fault::new(&at, SilentWavelet);
    let [finest, end] = choice.as_dyn().extent(folder).map_err(wrong)?;
    if end > MOST_SAMPLES * finest {
        let (found, most) = (end / finest, MOST_SAMPLES);
        return Err(Fault::new(&at, WaveletTooLong { end, found, most }));
    }
    let band = wavelet::band(choice.as_dyn(), folder).map_err(wrong)?.ok_or_else(silent)?;
    let resampling = Resampling::new(times.samples(), times.steps_per_sample(), 1);
    let steps = resampling.steps();
    let samples = choice.as_dyn().emitted(folder, times.step, steps).map_err(wrong)?;
    if samples.all().iter().any(|shot| shot.iter().all(|s| *s == 0.0)) {
        return Err(silent());
    }
    Ok((samples, band))
}

/// Where the times of waves in time stand.
pub(super) fn times_at(waves: &TransientPlan) -> KeyPath {
    KeyPath::of(if waves.system.is_some() { "physics.waves" } else { "physics.acoustic" })
}

/// Checks that every shot has a wavelet, if each has its own.
pub(super) fn as_many(waves: &WavesPlan, shots: usize) -> Result<(), Fault> {
    match waves {
        WavesPlan::Transient(TransientPlan { source: SourceWavelets::ByShot(wavelets), wavelet, .. })
            if wavelets.len() != shots =>
        {
            let at = KeyPath::of("survey.source.wavelet").key(wavelet.name());
            Err(Fault::new(at, WaveletsOfShots { found: wavelets.len(), shots }))
        }
        _ => Ok(()),
    }
}

/// Checks that the grid carries every wave.
pub(super) fn sampling(waves: &WavesPlan, grid: &Grid, order: usize, models: &[&Model]) -> Result<(), Fault> {
    match waves {
        WavesPlan::Helmholtz(helmholtz) => domain::sampling(grid, helmholtz, order, models),
        WavesPlan::AtFrequencies(waves) => {
            let at = |i: usize| KeyPath::of("physics.waves.frequencies").index(i);
            domain::carries(&at, grid, &waves.frequencies, order, models)
        }
        WavesPlan::Transient(acoustic) => {
            let at = KeyPath::of("survey.source.wavelet").key(acoustic.wavelet.name());
            carries(&at, acoustic, grid, order, models)?;
            if acoustic.system.is_some() {
                // The plan of the system has checked its media.
                return Ok(());
            }
            stable(&KeyPath::of("physics.acoustic.step"), acoustic, grid, order, 1, models)
        }
    }
}

/// The highest frequency in Hz that a grid carries at a velocity in m/s.
#[must_use]
pub fn carried(grid: &Grid, order: usize, slowest: f64) -> f64 {
    let needed = fd::needed_points_per_wavelength(order).unwrap_or(f64::INFINITY);
    slowest / (needed * grid.spacing[0].max(grid.spacing[1]))
}

/// Checks that a grid carries the spectrum of the wavelet.
pub(super) fn carries(
    at: &KeyPath,
    acoustic: &TransientPlan,
    grid: &Grid,
    order: usize,
    models: &[&Model],
) -> Result<(), Fault> {
    let [slowest, _] = domain::slowest_and_fastest(models);
    let highest = carried(grid, order, slowest);
    if acoustic.band.high <= highest {
        return Ok(());
    }
    let beyond = share_beyond(acoustic, highest);
    if beyond <= BEYOND {
        return Ok(());
    }
    let spacing = grid.spacing[0].max(grid.spacing[1]);
    let needed = domain::finer(grid, spacing * highest / acoustic.band.high);
    let problem = SpectrumBeyondGrid {
        beyond,
        highest,
        wavelet: acoustic.band.high,
        velocity: slowest,
        spacing,
        order,
        needed,
    };
    Err(Fault::new(at, problem))
}

/// Checks that a time step is stable in models, with their density.
pub(super) fn stable(
    at: &KeyPath,
    acoustic: &TransientPlan,
    grid: &Grid,
    order: usize,
    refine: usize,
    models: &[&Model],
) -> Result<(), Fault> {
    let step = acoustic.step / refine as f64;
    for model in models {
        let largest = acoustic
            .largest_stable_step(grid, order, &model.values)
            .map_err(|error| Fault::new(at, SolverError(error)))?;
        if !fd::time::is_stable(step, largest) {
            let [_, velocity] = model.range();
            let spacing = grid.spacing[0];
            return Err(Fault::new(at, UnstableStep { step, largest, velocity, spacing, order }));
        }
    }
    Ok(())
}

/// The fastest velocity in m/s for which the time step is stable, where the density changes little from node to node.
pub(super) fn fastest_stable(acoustic: &TransientPlan, grid: &Grid, order: usize) -> f64 {
    // The largest step is inversely proportional to the velocity.
    let of_unit = match &acoustic.density {
        None => fd::time::largest_stable_step(&grid.into(), order, 1.0),
        Some(_) => fd::time::largest_stable_step_with_density(&grid.into(), order, 1.0, 1.0),
    };
    of_unit / acoustic.step
}

/// Checks that a record is long enough for the wavelet of each shot to reach its nearest receiver.
pub(super) fn long_enough(
    acoustic: &TransientPlan,
    folder: &Path,
    survey: &Survey,
    fastest: f64,
) -> Result<(), Fault> {
    let at = KeyPath::of("survey.source.wavelet").key(acoustic.wavelet.name());
    let onsets =
        wavelet::onsets(acoustic.wavelet.as_dyn(), folder, ONSET).map_err(|error| Fault::new(at, error))?;
    let duration = acoustic.interval() * (acoustic.samples - 1) as f64;
    for (shot, source) in survey.sources.iter().enumerate() {
        let distance = |receiver: &fd::Point| receiver.distance(source);
        let nearest = survey.receivers.of(shot).iter().map(distance).fold(f64::INFINITY, f64::min);
        let (onset, travel) = (onsets[shot.min(onsets.len() - 1)], nearest / fastest);
        if onset + travel > duration {
            let problem = RecordTooShort { shot, duration, onset, travel };
            return Err(Fault::new(times_at(acoustic).key("duration"), problem));
        }
    }
    Ok(())
}

/// Checks that the samples of the data represent the wavelet, where they are farther apart than the time steps.
pub(super) fn sampled(acoustic: &TransientPlan) -> Result<(), Fault> {
    let highest = acoustic.resampling(1).highest(acoustic.interval());
    if acoustic.band.high <= highest {
        return Ok(());
    }
    let beyond = share_beyond(acoustic, highest);
    if beyond <= BEYOND {
        return Ok(());
    }
    let (interval, wavelet) = (acoustic.interval(), acoustic.band.high);
    let needed = interval * highest / wavelet;
    let problem = IntervalTooLong { interval, beyond, highest, wavelet, needed };
    Err(Fault::new(times_at(acoustic).key("interval"), problem))
}

/// The largest share of a wavelet's energy above a frequency in Hz.
fn share_beyond(acoustic: &TransientPlan, highest: f64) -> f64 {
    let transform = Transform::new(acoustic.source.count());
    let share = |wavelet: &Vec<f64>| -> f64 {
        let spectrum = transform.spectrum(wavelet);
        let frequency = |k: usize| transform.frequency(k, acoustic.step).abs();
        let energy = |above: f64| -> f64 {
            (0..spectrum.len()).filter(|&k| frequency(k) >= above).map(|k| spectrum[k].norm_sqr()).sum()
        };
        energy(highest) / energy(0.0)
    };
    acoustic.source.all().iter().map(share).fold(0.0, f64::max)
}

/// How wavefields are stored where the scenario says nothing: a gigabyte of checkpoints, or less on a machine that has not twice as
/// much, but never less than the gradient needs. Checkpoints give the same gradient whatever their number.
pub(super) fn default_storage(
    waves: &TransientPlan,
    order: usize,
    shots: usize,
    grid: &Grid,
) -> StorageChoice {
    let usual = StorageChoice::default();
    let (StorageChoice::Checkpoints(limit), Some(available)) = (&usual, survey::memory::available()) else {
        return usual;
    };
    let megabytes = 0.5e-6 * available as f64;
    if megabytes >= limit.megabytes {
        return usual;
    }
    let shots = rayon::current_num_threads().min(shots).max(1);
    let least = least_checkpoint_bytes(waves, order, grid).unwrap_or(0) * shots;
    let megabytes = megabytes.max(1e-6 * (least + shots) as f64);
    StorageChoice::Checkpoints(fwi::storage::Checkpoints { megabytes })
}

/// The least memory in bytes in which checkpoints give the gradient of a shot.
fn least_checkpoint_bytes(waves: &TransientPlan, order: usize, grid: &Grid) -> Result<usize, FdError> {
    let (mesh, settings) = (fd::time::Mesh::from(grid), waves.settings(order, 1, 1));
    match waves.system.as_deref() {
        None => fd::time::least_checkpoint_bytes::<f32>(&mesh, &settings, waves.density.is_some()),
        Some(SystemPlan { system, .. }) => {
            let names: Vec<&str> = system.parameters.iter().map(|symbol| symbol.name.as_str()).collect();
            fd::program::least_checkpoint_bytes::<f32>(system, &mesh, &settings, &names)
        }
    }
}

/// Checks that the gradient of a shot can be computed within a memory limit in 10^6 bytes.
pub(super) fn fits_in_memory(
    at: &KeyPath,
    megabytes: f64,
    acoustic: &TransientPlan,
    (order, shots): (usize, usize),
    grid: &Grid,
) -> Result<(), Fault> {
    let shots = rayon::current_num_threads().min(shots).max(1);
    let least =
        least_checkpoint_bytes(acoustic, order, grid).map_err(|error| Fault::new(at, SolverError(error)))?;
    let fd::time::Storage::Checkpoints { bytes } = fwi::storage::Checkpoints { megabytes }.storage(shots)
    else {
        return Ok(());
    };
    if bytes >= least {
        return Ok(());
    }
    let least = (1e-6 * (least * shots) as f64 * 100.0).ceil() / 100.0;
    Err(Fault::new(at, MemoryLimit { found: megabytes, least, shots }))
}
