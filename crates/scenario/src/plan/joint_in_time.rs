//! Checks that a joint inversion suits waves in time.

mod problems;
mod system;

use document::problems::MissingKey;
use document::{Fault, KeyPath};
use fd::Grid;

use self::problems::{FreeSurface, NoSolver, NotInTime, VariableDensity};
use super::domain::problems::SolverError;
use super::waves::problems::UnstableStep;
use super::{domain, waves};
use crate::InversionBlock;
use fwi::inversion::Joint;
use fwi::inversion::joint::ResidualChoice;
use fwi::inversion::joint::strong::{DataFrom, Sampling, StrongDomain, StrongForm, StrongLoss};
use fwi::waves_plan::TransientPlan;
use survey::model::Model;

pub(super) use system::check_medium;

/// Checks the settings of an inversion with the method `joint`, and that its background is sampled well enough and
/// stable. `initial` is the starting velocity of acoustic waves; a system has none.
pub(super) fn check(
    at: &KeyPath,
    (block, joint): (&InversionBlock, &Joint),
    waves: &TransientPlan,
    (grid, order): (&Grid, usize),
    initial: Option<&Model>,
) -> Result<(), Fault> {
    let method = at.key("method").key("joint");
    for (key, given) in [
        ("storage", block.storage.is_some()),
        ("batch", block.batch.is_some()),
        ("source_encoding", block.source_encoding.is_some()),
    ] {
        if given {
            return Err(Fault::new(at.key(key), NoSolver { key }));
        }
    }
    if joint.velocity.is_none() {
        return Err(Fault::new(method, MissingKey::new("velocity")));
    }
    let residual = method.key("residual").key(joint.residual.name());
    if let Some(system) = &waves.system {
        system::check(&residual, joint, system)?;
    }
    match &joint.residual {
        ResidualChoice::Preconditioned(_) if waves.density.is_some() => {
            Err(Fault::new(residual, VariableDensity { found: "residual `preconditioned`" }))
        }
        ResidualChoice::Preconditioned(settings) => {
            propagated(&residual.key("spacing"), settings.spacing, waves, (grid, order), initial)
        }
        ResidualChoice::Strong(settings) => {
            let refused = [
                (&["form"][..], settings.form == StrongForm::Total, "form: total", "form: scattered"),
                (
                    &["sampling"],
                    !matches!(settings.sampling, Sampling::Uniform { .. }),
                    "points that are not uniform",
                    "sampling: {uniform: {...}}",
                ),
                (
                    &["loss"],
                    !matches!(settings.loss, StrongLoss::LeastSquares { .. }),
                    "sums of absolute values",
                    "loss: {least_squares: {...}}",
                ),
                (
                    &["smoothing"],
                    settings.smoothing.is_some(),
                    "a smoothed residual",
                    "a residual that is not smoothed",
                ),
                (&["weight_growth"], settings.weight_growth != 1.0, "weights that grow", "weight_growth: 1"),
                (&["domain"], settings.domain == StrongDomain::Region, "domain: region", "domain: grid"),
                (
                    &["loss", "least_squares", "balance"],
                    settings.loss.balance().is_some(),
                    "balanced terms",
                    "balance: 0",
                ),
            ];
            for (keys, given, found, expected) in refused {
                if given {
                    let key = keys[keys.len() - 1];
                    let at = keys.iter().fold(residual, |at, key| at.key(key));
                    return Err(Fault::new(at, NotInTime { key, found, expected }));
                }
            }
            if waves.boundary.free_surface {
                let plain = waves.system.is_none() && waves.density.is_none();
                let instead =
                    if plain { "residual: {preconditioned: {...}}" } else { "method: {implicit: {...}}" };
                return Err(Fault::new(residual, FreeSurface { instead }));
            }
            match settings.data_from {
                DataFrom::Network => Ok(()),
                DataFrom::Integral => {
                    let (key, spacing) = (residual.key("regularizer_spacing"), settings.regularizer_spacing);
                    propagated(&key, spacing, waves, (grid, order), initial)
                }
            }
        }
    }
}

/// Checks that the background's propagator on its own grid can carry the wavelet and is stable.
fn propagated(
    at: &KeyPath,
    spacing: f64,
    acoustic: &TransientPlan,
    (grid, order): (&Grid, usize),
    initial: Option<&Model>,
) -> Result<(), Fault> {
    let Some(initial) = initial else { return Ok(()) };
    let own =
        Grid::with_spacing(&grid.domain(), spacing).map_err(|error| Fault::new(at, SolverError(error)))?;
    waves::carries(at, acoustic, &own, order, &[initial])?;
    let [_, velocity] = domain::slowest_and_fastest(&[initial]);
    if acoustic.stable_stride(&own, order, velocity).is_some() {
        return Ok(());
    }
    let largest = fd::time::largest_stable_step(&(&own).into(), order, velocity);
    let (step, spacing) = (acoustic.step, own.spacing[0]);
    Err(Fault::new(at, UnstableStep { step, largest, velocity, spacing, order }))
}
