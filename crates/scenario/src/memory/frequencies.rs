//! Memory of systems at frequencies.

use fd::Grid;
use fwi::forward::at_frequencies::TOGETHER;
use fwi::inversion_settings::InversionSettings;
use fwi::matrix_cost::MatrixCost;
use fwi::waves_plan::FrequencyPlan;
use survey::parameter::Parameter;

use super::THREADS;
use crate::OptimizerChoice;

/// Bytes to factorise and to solve for so many shots together.
pub(crate) fn solved(cost: &MatrixCost, shots: usize) -> f64 {
    THREADS * cost.peak_bytes(shots.min(TOGETHER))
}

/// The cost of the matrix on a grid in the medium that `of` gives, if there is one.
fn cost(waves: &FrequencyPlan, (grid, order): (&Grid, usize), medium: &[Parameter]) -> Option<MatrixCost> {
    waves.cost(grid, order, medium).ok()
}

/// The simulation of data, one frequency after another.
pub(super) fn simulated(waves: &FrequencyPlan, (grid, order): (&Grid, usize), shots: usize) -> f64 {
    let truth = waves.system.truth(grid).ok().flatten();
    let cost = truth.and_then(|truth| cost(waves, (grid, order), &truth));
    cost.map_or(0.0, |cost| solved(&cost, shots))
}

/// The gradient of all shots: that of as many frequencies as there are threads, if there is room for them.
pub(super) fn gradient(
    waves: &FrequencyPlan,
    (grid, order): (&Grid, usize),
    settings: &InversionSettings,
    shots: usize,
) -> f64 {
    let start = waves.system.start(grid).ok();
    let Some(cost) = start.and_then(|start| cost(waves, (grid, order), &start)) else { return 0.0 };
    let frequencies = settings.stages.iter().map(|stage| stage.frequencies.len()).max().unwrap_or(1);
    let wavefields = cost.wavefield() * shots as f64;
    let each = solved(&cost, shots) + wavefields;
    // More at a time, and wavefields that stay, only take room that there is.
    let at_a_time = rayon::current_num_threads().min(frequencies).max(1) as f64;
    let (least, available) = (solved(&cost, shots), survey::memory::available().map(|bytes| bytes as f64));
    let evaluated =
        available.map_or(at_a_time * each, |available| (at_a_time * each).min(least.max(0.7 * available)));
    match settings.optimizer {
        // Factors and wavefields of all frequencies stay while the next model is evaluated.
        OptimizerChoice::GaussNewton(_) => evaluated + frequencies as f64 * (cost.bytes() + wavefields),
        _ => evaluated,
    }
}
