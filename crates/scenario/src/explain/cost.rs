//! What waves cost: steps in time and matrices at frequencies.

use document::numbers::bytes;
use fd::Grid;
use fd::time::Mesh;
use fwi::factor_cost::factor_cost;
use fwi::forward::group_count;
use fwi::waves_plan::{TransientPlan, WavesPlan};

use super::lines::seconds;
use super::page::Page;
use crate::error::FwiError;
use crate::plan::{DataSource, Plan};

/// Multiplications per second in single precision on one core of 2020, in lines and sections, and in volumes, where memory limits
/// them; `fwi bench` measures the actual machine.
const MULTIPLICATIONS: [f64; 2] = [3e10, 8e9];

/// A gradient steps forwards, then backwards with a correlation for each parameter.
const GRADIENT: f64 = 5.0;

/// Seconds for so many shots on a grid with layers, and its nodes.
fn forward(
    plan: &Plan,
    waves: &TransientPlan,
    (grid, order, refine): (&Grid, usize, usize),
    shots: usize,
) -> Result<(f64, usize), FwiError> {
    let spacing = plan.grid.spacing[0] / grid.spacing[0];
    // Layers are as thick on a finer grid.
    let cells = (waves.boundary.cpml.cells as f64 * spacing).round() as usize;
    let nodes: usize = grid.array_shape().into_iter().map(|n| n + 2 * cells).product();
    let each =
        fd::program::multiplications(&waves.equations(grid.dims()), order).map_err(fd::FdError::from)? as f64;
    let steps = waves.resampling(1).steps() * refine;
    let threads = rayon::current_num_threads().min(shots).max(1);
    let rate = MULTIPLICATIONS[usize::from(grid.dims() == 3)] * threads as f64;
    Ok((each * nodes as f64 * steps as f64 * shots as f64 / rate, nodes))
}

/// Time and memory of the waves of an inversion.
pub(super) fn propagator(plan: &Plan, waves: &TransientPlan, page: &mut Page) -> Result<(), FwiError> {
    let (forward, nodes) = forward(plan, waves, (&plan.grid, plan.order, 1), plan.survey.sources.len())?;
    let system = waves.equations(plan.grid.dims());
    let parameters: Vec<&str> = system.parameters.iter().map(|symbol| &*symbol.name).collect();
    let (mesh, settings) = (Mesh::from(&plan.grid), waves.settings(plan.order, 1, 1));
    let step = fd::program::gradient_bytes::<f32>(&system, &mesh, &settings, &parameters)?.step;
    let steps = waves.resampling(1).steps();
    page.line(
        "propagator",
        &format!(
            "{nodes} nodes with the layers; about {} for all shots and {} for their gradient; all wavefields of a shot \
             that a gradient needs take {}",
            seconds(forward),
            seconds(GRADIENT * forward),
            bytes(step as f64 * steps as f64)
        ),
    );
    Ok(())
}

/// Seconds of a gradient over so many shots, or of so many frequencies for all shots.
pub(super) fn gradient(plan: &Plan, items: usize) -> Result<f64, FwiError> {
    let shots = plan.survey.sources.len();
    Ok(match &plan.waves {
        WavesPlan::Transient(waves) => GRADIENT * forward(plan, waves, (&plan.grid, plan.order, 1), items)?.0,
        WavesPlan::Helmholtz(_) => {
            let (factor, solve) = factor_cost(plan.grid.shape, plan.order).seconds(shots);
            items as f64 * (factor + 2.0 * solve)
        }
        WavesPlan::AtFrequencies(waves) => {
            let cost = waves.cost(&plan.grid, plan.order, &waves.system.start(&plan.grid)?)?;
            let [factor, solve] = cost.seconds(shots).into();
            items as f64 * (factor + 2.0 * solve)
        }
    })
}

/// Seconds of a gradient of one frequency of which a rank solves so many groups of shots.
pub(super) fn shared_frequency(plan: &Plan, groups: usize) -> f64 {
    let shots = plan.survey.sources.len();
    let (factor, solve) = factor_cost(plan.grid.shape, plan.order).seconds(shots);
    factor + 2.0 * solve * groups as f64 / group_count(shots).max(1) as f64
}

/// Seconds to simulate the data; `None` where they are read, or where a formula gives them.
pub(super) fn simulation(plan: &Plan) -> Result<Option<f64>, FwiError> {
    let Some(simulate) = &plan.data.simulate else { return Ok(None) };
    let DataSource::FiniteDifferences { grid, order, refine } = simulate.engine else { return Ok(None) };
    let shots = plan.survey.sources.len();
    let all = |frequencies: &[f64], [factor, solve]: [f64; 2]| frequencies.len() as f64 * (factor + solve);
    Ok(Some(match &plan.waves {
        WavesPlan::Transient(waves) => forward(plan, waves, (&grid, order, refine), shots)?.0,
        WavesPlan::Helmholtz(waves) => {
            all(&waves.frequencies, factor_cost(grid.shape, order).seconds(shots).into())
        }
        WavesPlan::AtFrequencies(waves) => {
            let medium = match waves.system.truth(&grid)? {
                Some(truth) => truth,
                None => waves.system.start(&grid)?,
            };
            all(&waves.frequencies, waves.cost(&grid, order, &medium)?.seconds(shots).into())
        }
    }))
}
