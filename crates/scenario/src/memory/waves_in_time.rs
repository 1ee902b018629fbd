//! Memory of waves in time, shot by shot.

use fd::Grid;
use fwi::forward::acoustic::at_a_time;
use fwi::inversion_settings::InversionSettings;
use fwi::waves_plan::AcousticPlan;
use survey::survey::Survey;

use super::{DOUBLE, SINGLE};
use crate::StorageChoice;
use crate::plan::Plan;

/// Arrays of the size of the mesh that a shot has: two fields, those of its gradient, and the layers' own.
const FIELDS: f64 = 8.0;

/// Copies of the traces of a shot in double precision.
const TRACES: f64 = 5.0;

/// Nodes of the mesh with its layers; rows begin on cache lines.
fn nodes(grid: &Grid, waves: &AcousticPlan) -> f64 {
    let [nz, nx] = grid.shape.map(|n| n + 2 * waves.boundary.cpml.cells);
    (nz * nx.next_multiple_of(16)) as f64
}

/// One shot at a time on each thread: fields and traces.
pub(super) fn forward(grid: &Grid, waves: &AcousticPlan, refine: usize, survey: &Survey) -> f64 {
    let steps = waves.resampling(refine).steps() as f64;
    let traces = TRACES * DOUBLE * steps * survey.receivers.count() as f64;
    at_a_time(survey.sources.len()) as f64 * (SINGLE * FIELDS * nodes(grid, waves) + traces)
}

/// The gradient of the shots that are computed at a time, with the wavefields that it stores.
pub(super) fn gradient(
    grid: &Grid,
    waves: &AcousticPlan,
    settings: &InversionSettings,
    survey: &Survey,
) -> f64 {
    let all = survey.sources.len();
    let chosen = match (&settings.batch, &settings.source_encoding) {
        (Some(batch), _) => batch.shots.min(all),
        (_, Some(encoding)) => encoding.supershots,
        _ => all,
    };
    let shots = at_a_time(chosen) as f64;
    let steps = waves.resampling(1).steps() as f64;
    let whole = SINGLE * nodes(grid, waves) * steps;
    let stored = match &settings.storage {
        StorageChoice::All(_) => whole,
        StorageChoice::Snapshots(snapshots) => {
            whole / snapshots.every as f64 * if snapshots.half { 0.5 } else { 1.0 }
        }
        StorageChoice::Checkpoints(limit) => {
            let limit = 1e6 * limit.megabytes / shots;
            if whole <= limit { whole } else { checkpoints(limit, SINGLE * nodes(grid, waves), steps) }
        }
        StorageChoice::Boundary(_) => SINGLE * steps * (nodes(grid, waves) - grid.len() as f64),
    };
    forward(grid, waves, 1, survey) + shots * stored
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
pub(super) fn background(waves: &AcousticPlan, nodes: f64, shots: usize, plan: &Plan) -> f64 {
    let steps = waves.resampling(1).steps() as f64;
    DOUBLE * nodes * steps * (shots + 2) as f64 + forward(&plan.grid, waves, 1, &plan.survey)
}
