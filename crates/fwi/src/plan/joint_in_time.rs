//! Whether a joint inversion suits waves in time.

use fd::Grid;

use super::{domain, waves};
use crate::inversion::Joint;
use crate::inversion::joint::strong::{DataFrom, Sampling, StrongDomain, StrongForm, StrongLoss};
use crate::inversion::joint::{ResidualChoice, radiation};
use crate::key_path::KeyPath;
use crate::model::Model;
use crate::problem::Problem;
use crate::scenario::InversionBlock;
use crate::scenario::check::Fault;
use crate::waves_plan::AcousticPlan;

/// Checks the settings of an inversion, of which `joint` is the method, and that its background is carried and stable.
pub(super) fn check(
    at: &KeyPath,
    (block, joint): (&InversionBlock, &Joint),
    acoustic: &AcousticPlan,
    (grid, order): (&Grid, usize),
    initial: &Model,
) -> Result<(), Fault> {
    let apart = |key: KeyPath, message: &str, found: &str, expected: &str, help: &str| {
        Err((key, Problem::settings(message, found, expected, help)))
    };
    let method = at.key("method").key("joint");
    for (key, given) in [
        ("storage", block.storage.is_some()),
        ("batch", block.batch.is_some()),
        ("source_encoding", block.source_encoding.is_some()),
    ] {
        if given {
            return apart(
                at.key(key),
                "is for methods that solve the equation",
                "method `joint`, whose network has the wavefields of all shots",
                "method `grid` or `implicit`",
                &format!("leave `{key}` out"),
            );
        }
    }
    if acoustic.density.is_some() {
        return apart(
            method,
            "is for a constant density",
            "physics.acoustic.density",
            "no density",
            "leave `density` out, or use `method: {implicit: {...}}`",
        );
    }
    if joint.velocity.is_none() {
        return Err((method, Problem::MissingKey { key: "velocity".to_owned() }));
    }
    let residual = method.key("residual").key(joint.residual.name());
    match &joint.residual {
        ResidualChoice::Preconditioned(settings) => {
            propagated(&residual.key("spacing"), settings.spacing, acoustic, (grid, order), initial)
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
                    "the residual as it is",
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
                    let at = keys.iter().fold(residual, |at, key| at.key(key));
                    let (message, key) = ("is not there for waves in time", keys[keys.len() - 1]);
                    return apart(at, message, found, expected, &format!("leave `{key}` out"));
                }
            }
            if acoustic.boundary.free_surface {
                return apart(
                    residual,
                    "has absorbing edges",
                    "grid.boundary.cpml.free_surface: true",
                    "free_surface: false",
                    "use `residual: {preconditioned: {...}}`, whose waves are reflected at the surface",
                );
            }
            match settings.data_from {
                DataFrom::Network => Ok(()),
                DataFrom::Integral => {
                    let (key, spacing) = (residual.key("regularizer_spacing"), settings.regularizer_spacing);
                    propagated(&key, spacing, acoustic, (grid, order), initial)
                }
            }
        }
    }
}

/// Checks that the background's propagator carries the wavelet and is stable.
fn propagated(
    at: &KeyPath,
    spacing: f64,
    acoustic: &AcousticPlan,
    (grid, order): (&Grid, usize),
    initial: &Model,
) -> Result<(), Fault> {
    let own =
        radiation::grid_of(&grid.domain(), spacing).map_err(|error| (at.clone(), Problem::Grid(error)))?;
    waves::carries(at, acoustic, &own, order, &[initial])?;
    let [_, velocity] = domain::slowest_and_fastest(&[initial]);
    if radiation::stride(acoustic, &own, order, velocity).is_some() {
        return Ok(());
    }
    let largest = fd::time::largest_stable_step(&(&own).into(), order, velocity);
    let (step, spacing) = (acoustic.step, own.spacing[0]);
    Err((at.clone(), Problem::UnstableStep { step, largest, velocity, spacing, order }))
}
