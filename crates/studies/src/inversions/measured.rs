//! The errors of an inversion relative to the truth and the data, and the fields that are shown.

use std::collections::BTreeMap;

use fd::PointSet;
use num_complex::Complex64;

use super::setting::{shown_shot, shown_shots, wavefield_grid, wavefield_of_system};
use crate::inversions::outcome::{Comparison, RunOutcome, main, values};
use crate::inversions::wells;
use fwi::forward::{Wavefields, background_slowness};
use fwi::inversion::{InverseProblem, InversionError, Solution, StopReason};
use fwi::metrics::{Metrics, velocity_relative_l2};
use fwi::region::SubGrid;
use fwi::status::Status;
use fwi::waves_plan::WavesPlan;
use scenario::plan::{InversionPlan, Plan};
use survey::model::Model;
use survey::model_io::ComplexField;
use survey::parameter::{Parameter, Quantity};

/// Wavefields are compared outside this many wavelengths around the source, where a field is singular or smoothed.
const NEAR_SOURCE: f64 = 0.2;

/// Measures a solution and stores the fields that the report shows.
///
/// # Errors
/// [`InversionError`]; one that [is a divergence](InversionError::is_divergence) for a velocity that is none.
pub(super) fn finished(
    plan: &Plan,
    problem: &InverseProblem,
    inversion: &InversionPlan,
    comparison: &Comparison,
    solution: &Solution,
    outcome: &mut RunOutcome,
) -> Result<(), InversionError> {
    outcome.iterations = solution.iterations as u64;
    outcome.metrics.exchanged_bytes = solution.progress.exchanged;
    outcome.metrics.noise = solution.noise;
    outcome.stopped_because = solution.stopped.to_string();
    if solution.stopped == StopReason::Interrupted {
        outcome.status = Status::Interrupted;
    }
    let Some(found) = main(&solution.models) else { return Ok(()) };
    let of_velocity = problem.start.is_empty();
    if of_velocity && !found.model.is_physical() {
        let (iteration, culprit) = (solution.iterations, String::new());
        return Err(InversionError::Diverged { iteration, what: "a velocity", value: f64::NAN, culprit });
    }
    let model = match &comparison.truth {
        Some(truth) => found.model.resample_onto(&truth.grid),
        None => found.model.resample_onto(&problem.output),
    };
    let m = if of_velocity {
        slowness_on_solver(problem, &found.model)
    } else {
        outcome.parameters = solution
            .models
            .iter()
            .map(|of| Parameter { model: of.model.resample_onto(&model.grid), ..of.clone() })
            .collect();
        inversion.settings.medium(&solution.models).starting_variables()
    };
    let waves = problem.waves.as_dyn();
    outcome.metrics.data_misfit_relative = waves.relative_misfit(problem, &inversion.settings, &m)?;
    outcome.gathers = waves.gathers(problem, &shown_shots(plan), Some((&inversion.settings, &m)))?;
    if let Some(truth) = comparison.truth.as_ref().filter(|_| found.quantity == Quantity::velocity()) {
        let metrics = std::mem::take(&mut outcome.metrics);
        outcome.metrics = metrics.with_model(&model, truth, comparison.information.disc.as_ref());
    }
    outcome.metrics.parameters = errors_of_parameters(comparison, &outcome.parameters);
    let field = match (&plan.waves, &solution.wavefields) {
        (WavesPlan::AtFrequencies(waves), _) => Some(wavefield_of_system(plan, waves, &solution.models)?),
        (_, Some(wavefields)) => shown_wavefield(plan, wavefields)?,
        _ => None,
    };
    if field.is_some() {
        if let (Some(field), Some(truth)) = (&field, &comparison.true_wavefield)
            && field.frequency == truth.frequency
        {
            outcome.metrics.wavefield_relative_l2 = away_from_source(plan, comparison, field, truth);
        }
        outcome.wavefield = field;
    }
    outcome.wells = wells::errors(comparison, &model);
    outcome.model = Some(model);
    outcome.networks = solution.networks.clone();
    Ok(())
}

/// The errors of the starting model, by the keys of `summary.json`.
pub(super) fn start(comparison: &Comparison) -> BTreeMap<String, f64> {
    let Some(model) = &comparison.initial else { return BTreeMap::new() };
    let truth = comparison.truth.as_ref().filter(|_| comparison.quantity() == Quantity::velocity());
    let mut metrics = truth.map_or_else(Metrics::default, |truth| {
        Metrics::default().with_model(model, truth, comparison.information.disc.as_ref())
    });
    metrics.parameters = errors_of_parameters(comparison, &comparison.media.initial);
    let values = values(&metrics, &wells::errors(comparison, model));
    values.into_iter().filter_map(|(key, value)| Some((key.into_owned(), value?))).collect()
}

/// The errors of other parameters than the velocity, of those that are not known from the start.
fn errors_of_parameters(comparison: &Comparison, parameters: &[Parameter]) -> BTreeMap<String, f64> {
    let others = parameters.iter().filter(|of| of.quantity != Quantity::velocity());
    let error = |found: &Parameter| {
        let of = |media: &[Parameter]| media.iter().find(|of| of.quantity == found.quantity).cloned();
        let (truth, start) = (of(&comparison.media.truth)?.model, of(&comparison.media.initial)?.model);
        if found.model == start && truth == start {
            return None;
        }
        let error = velocity_relative_l2(&found.model.resample_onto(&truth.grid), &truth)?;
        Some((found.quantity.name.clone(), error))
    };
    others.filter_map(error).collect()
}

/// Squared slowness of a model on the solver's grid, the starting model's where the model does not reach.
fn slowness_on_solver(problem: &InverseProblem, model: &Model) -> Vec<f64> {
    if model.grid == problem.grid {
        return model.squared_slowness();
    }
    let covered = model.grid.domain();
    // Cells, not nodes: a fine model is averaged over each cell of the solver's grid, in squared slowness.
    let fine = fd::average_over_cells(&problem.grid, 4, |at| {
        if covered.holds(at) { model.sample(*at).powi(-2) } else { f64::NAN }
    });
    let start = background_slowness(problem, &problem.grid);
    fine.into_iter().zip(start).map(|(m, start)| if m.is_finite() { m } else { start }).collect()
}

/// The wavefield of the shown shot at the highest frequency of a solution, on the grid of comparisons.
fn shown_wavefield(plan: &Plan, wavefields: &Wavefields) -> Result<Option<ComplexField>, InversionError> {
    let (shots, shot) = (plan.survey.sources.len(), shown_shot(plan));
    let Some(&frequency) = wavefields.frequencies.last() else { return Ok(None) };
    let u: &Vec<Complex64> = &wavefields.pressure[(wavefields.frequencies.len() - 1) * shots + shot];
    let whole = wavefield_grid(plan)?;
    let grid = SubGrid::new(&whole, &wavefields.grid.domain())?.grid;
    let points: Vec<[f64; 2]> = grid.points().collect();
    let values = PointSet::new(&wavefields.grid, &points)?.sample(u);
    Ok(Some(ComplexField { grid, values, frequency, shot }))
}

fn away_from_source(
    plan: &Plan,
    comparison: &Comparison,
    field: &ComplexField,
    truth: &ComplexField,
) -> Option<f64> {
    let source = plan.survey.sources[field.shot].section();
    let v = match main(&comparison.media.initial) {
        Some(main) if main.quantity.unit == "m/s" => main.model.sample(source),
        Some(_) => return None,
        None => plan.initial.as_ref()?.sample(&plan.grid).ok()?.sample(source),
    };
    let nearest = NEAR_SOURCE * v / field.frequency;
    let (mut difference, mut energy) = (0.0, 0.0);
    for (p, value) in field.grid.points().zip(&field.values) {
        if (p[0] - source[0]).hypot(p[1] - source[1]) < nearest {
            continue;
        }
        let there = truth.grid.points().position(|q| (q[0] - p[0]).abs() + (q[1] - p[1]).abs() < 1e-6)?;
        difference += (value - truth.values[there]).norm_sqr();
        energy += truth.values[there].norm_sqr();
    }
    (energy > 0.0).then(|| (difference / energy).sqrt())
}
