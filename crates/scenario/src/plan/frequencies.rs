//! The plan of `physics.waves` with `frequencies`, and what both kinds of these waves are checked with.

mod problems;

use document::{Fault, KeyPath};
use fd::Grid;
use survey::parameter::Parameter;
use survey::positions::SourceBlock;

use self::problems::{MatrixTooLarge, OnlyInTime};
use super::domain::problems::SolverError;
use super::processing;
use super::waves::problems::UnsuitablePhysics;
use crate::boundary::Cpml;
use crate::inversion::StageBlock;
use crate::physics::Waves;
use crate::{DataBlock, GridBlock, InversionBlock, memory};
use experiments::order;
use fwi::waves_plan::{FrequencyPlan, SystemPlan, WavesPlan};

/// How the equations of a system are made discrete: in time with a step, or at frequencies without one.
#[derive(Clone, Copy)]
pub(super) struct Scheme<'a> {
    /// The equations.
    pub(super) system: &'a SystemPlan,
    /// The time step, s.
    pub(super) step: Option<f64>,
    numerics: fd::time::Settings,
}

impl<'a> Scheme<'a> {
    /// That of a plan of a system.
    pub(super) fn of(waves: &'a WavesPlan) -> Option<Self> {
        let system = waves.system()?;
        match waves {
            WavesPlan::Helmholtz(_) => None,
            WavesPlan::Transient(waves) => {
                Some(Self { system, step: Some(waves.step), numerics: waves.settings(2, 1, 1) })
            }
            WavesPlan::AtFrequencies(waves) => {
                Some(Self { system, step: None, numerics: waves.limit_settings(2) })
            }
        }
    }

    /// The settings that limits of a medium are computed with. They do not depend on the step.
    pub(super) fn settings(self, order: usize) -> fd::time::Settings {
        fd::time::Settings { order, ..self.numerics }
    }
}

/// The plan of waves at frequencies.
pub(super) fn plan(
    (waves, system): (&Waves, &SystemPlan),
    (grid, cpml): (&GridBlock, &Cpml),
    emission: &SourceBlock,
    data: Option<&DataBlock>,
) -> Result<FrequencyPlan, Fault> {
    let source = KeyPath::of("survey.source");
    let in_time = |at: KeyPath, instead: &'static str| Err(Fault::new(at, OnlyInTime { instead }));
    if emission.wavelet.is_some() {
        return in_time(source.key("wavelet"), "strength: [1, 0]");
    }
    if emission.variance != 0.0 {
        let instead = "strength: [1, 0]";
        return Err(Fault::new(source.key("variance"), UnsuitablePhysics { physics: "waves", instead }));
    }
    if let Some((at, instead)) = data.and_then(processing::of_traces) {
        return in_time(at, instead);
    }
    order::check_of_systems(&KeyPath::of("grid.order"), grid.order)?;
    let frequencies = waves.frequencies.clone().unwrap_or_default();
    let layer = fd::time::Cpml {
        cells: cpml.cells,
        frequency: frequencies.iter().copied().fold(0.0, f64::max),
        reflection: cpml.reflection,
    };
    Ok(FrequencyPlan {
        frequencies,
        boundary: fd::time::Boundary { cpml: layer, free_surface: cpml.free_surface },
        spacing: grid.spacing,
        system: Box::new(system.clone()),
    })
}

/// Refuses settings of an inversion that exist for waves in time only.
pub(super) fn not_in_time(at: &KeyPath, block: &InversionBlock) -> Result<(), Fault> {
    let keys = [
        ("storage", block.storage.is_some()),
        ("batch", block.batch.is_some()),
        ("source_encoding", block.source_encoding.is_some()),
        ("mutes", !block.mutes.is_empty()),
        ("estimate_wavelet", block.estimate_wavelet.is_some()),
    ];
    match keys.into_iter().find(|(_, given)| *given) {
        Some((key, _)) => Err(Fault::new(at.key(key), OnlyInTime { instead: "" })),
        None => Ok(()),
    }
}

/// Refuses the band of a stage.
pub(super) fn no_band(at: &KeyPath, stage: &StageBlock) -> Result<(), Fault> {
    match stage.band {
        Some(_) => Err(Fault::new(at.key("band"), OnlyInTime { instead: "frequencies: [...]" })),
        None => Ok(()),
    }
}

/// Refuses time steps of a simulation at frequencies.
pub(super) fn not_refined(at: &KeyPath, refine: usize) -> Result<(), Fault> {
    if refine > 1 { Err(Fault::new(at, OnlyInTime { instead: "spacing: ..." })) } else { Ok(()) }
}

/// Checks that there is memory to simulate data in the true medium.
pub(super) fn solvable_truth(at: &KeyPath, waves: &FrequencyPlan, grid: (&Grid, usize)) -> Result<(), Fault> {
    let truth =
        waves.system.truth(grid.0).map_err(|error| Fault::new(KeyPath::of("model.parameters"), error))?;
    truth.map_or(Ok(()), |truth| solvable(at, waves, grid, &truth))
}

/// Checks that there is memory to solve for one source in a medium; the spacing of the grid stands at `at`.
pub(super) fn solvable(
    at: &KeyPath,
    waves: &FrequencyPlan,
    (grid, order): (&Grid, usize),
    medium: &[Parameter],
) -> Result<(), Fault> {
    let cost = waves.cost(grid, order, medium).map_err(|error| Fault::new(at, SolverError(error)))?;
    let what = format!("the matrix of {} unknowns", cost.unknowns);
    survey::memory::require(memory::solved(&cost, 1) as u64, &what)
        .map_err(|shortage| Fault::new(at, MatrixTooLarge { shortage, order }))
}
