//! Memory of waves in time, shot by shot.

use fd::Grid;
use fd::program::{GradientBytes, gradient_bytes};
use fd::time::Mesh;
use fwi::forward::transient::at_a_time;
use fwi::inversion_settings::InversionSettings;
use fwi::waves_plan::TransientPlan;
use survey::survey::Survey;

use super::{DOUBLE, SINGLE};
use crate::StorageChoice;
use crate::plan::Plan;

/// Arrays of the size of the mesh that a shot has: two fields, those of its gradient, and the layers' own.
const FIELDS: f64 = 8.0;

/// Copies of the traces of a shot in double precision.
const TRACES: f64 = 5.0;

/// Nodes of the mesh with its layers; rows begin on cache lines.
fn nodes(grid: &Grid, waves: &TransientPlan) -> f64 {
    let axes = grid.axes();
    let along = |axis: &fd::Axis| axis.nodes + 2 * waves.boundary.cpml.cells;
    let others = axes[1..].iter().map(along).product::<usize>();
    (others * along(&axes[0]).next_multiple_of(16)) as f64
}

/// The arrays of a shot, and what is kept of one step, bytes: of acoustic waves, or of a system with the gradient by the parameters
/// that vary.
fn of_shot(grid: &Grid, waves: &TransientPlan, order: usize, names: &[&str]) -> GradientBytes {
    let field = SINGLE * nodes(grid, waves);
    let acoustic = GradientBytes { state: (FIELDS * field) as usize, step: field as usize };
    let Some(system) = &waves.system else { return acoustic };
    let settings = waves.settings(order, 1, 1);
    let of_system = gradient_bytes::<f32>(&system.system, &Mesh::from(grid), &settings, names);
    // The state of the waves and of the transposed ones, and the medium, which is about another.
    of_system.map_or(acoustic, |bytes| GradientBytes { state: 3 * bytes.state, ..bytes })
}

/// One shot at a time on each thread: fields and traces.
pub(super) fn forward(
    (grid, order): (&Grid, usize),
    waves: &TransientPlan,
    refine: usize,
    survey: &Survey,
) -> f64 {
    let steps = waves.resampling(refine).steps() as f64;
    let count = waves.fields().len() * survey.receivers.count();
    let traces = TRACES * DOUBLE * steps * count as f64;
    let state = of_shot(grid, waves, order, &[]).state as f64;
    at_a_time(survey.sources.len()) as f64 * (state + traces)
}

/// Every wavefield of the shots that are computed at a time.
pub(super) fn whole(
    of: (&Grid, usize),
    waves: &TransientPlan,
    settings: &InversionSettings,
    survey: &Survey,
) -> f64 {
    let steps = waves.resampling(1).steps() as f64;
    shots_at_a_time(settings, survey) * steps * step_of_gradient(of, waves, settings)
}

/// What a gradient stores of a step of a shot.
fn step_of_gradient(
    (grid, order): (&Grid, usize),
    waves: &TransientPlan,
    settings: &InversionSettings,
) -> f64 {
    // The chain rule needs the gradient by the parameters that follow an unknown too.
    let unknowns = settings.unknowns.iter().map(|unknown| unknown.quantity.name.as_str());
    let followers = settings.followers.iter().map(|follower| follower.quantity.name.as_str());
    let names: Vec<&str> = unknowns.chain(followers).collect();
    of_shot(grid, waves, order, &names).step as f64
}

/// Shots of a gradient that are computed at a time.
fn shots_at_a_time(settings: &InversionSettings, survey: &Survey) -> f64 {
    let all = survey.sources.len();
    let chosen = match (&settings.batch, &settings.source_encoding) {
        (Some(batch), _) => batch.shots.min(all),
        (_, Some(encoding)) => encoding.supershots,
        _ => all,
    };
    at_a_time(chosen) as f64
}

/// The gradient of the shots that are computed at a time, with the wavefields that it stores.
pub(super) fn gradient(
    (grid, order): (&Grid, usize),
    waves: &TransientPlan,
    settings: &InversionSettings,
    survey: &Survey,
) -> f64 {
    let shots = shots_at_a_time(settings, survey);
    let steps = waves.resampling(1).steps() as f64;
    let step = step_of_gradient((grid, order), waves, settings);
    let whole = step * steps;
    let stored = match &settings.storage {
        StorageChoice::All(_) => whole,
        // What has no room in memory is written to the file.
        StorageChoice::Disk(_) => 0.0,
        StorageChoice::Snapshots(snapshots) => {
            whole / snapshots.every as f64 * if snapshots.half { 0.5 } else { 1.0 }
        }
        StorageChoice::Checkpoints(limit) => {
            let limit = 1e6 * limit.megabytes / shots;
            if whole <= limit { whole } else { checkpoints(limit, step, steps) }
        }
        StorageChoice::Boundary(_) => SINGLE * steps * (nodes(grid, waves) - grid.len() as f64),
    };
    forward((grid, order), waves, 1, survey) + shots * stored
}

/// Fields in the state of a shot: two wavefields, and what the layers remember.
const STATE: f64 = 3.0;

/// What a schedule of checkpoints uses of its limit. A leaf of steps is stored whole, and a state at the start of each
/// leaf; the number of steps in a leaf is a power of two.
fn checkpoints(limit: f64, field: f64, steps: f64) -> f64 {
    let used = |leaf: f64| field * (leaf + STATE * (steps / leaf).ceil());
    let leaves = std::iter::successors(Some(1.0), |leaf| Some(2.0 * leaf)).take_while(|leaf| *leaf < steps);
    leaves.map(used).filter(|used| *used <= limit).last().unwrap_or(limit)
}

/// The fields of the background at the nodes of a region, for all shots, and one that is computed.
pub(super) fn background(waves: &TransientPlan, nodes: f64, shots: usize, plan: &Plan) -> f64 {
    let steps = waves.resampling(1).steps() as f64;
    DOUBLE * nodes * steps * (shots + 2) as f64 + forward((&plan.grid, plan.order), waves, 1, &plan.survey)
}
