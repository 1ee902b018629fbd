//! A system of equations, its parameters and its limits.

use document::numbers::short;
use fd::program::{Limits, Numerics, symbol};
use fd::time::Mesh;

use super::page::Page;
use crate::error::FwiError;
use crate::plan::Plan;
use fwi::waves_plan::{SystemPlan, TransientPlan};
use survey::parameter_source::ParameterSource;

/// The system as text, line by line.
pub(super) fn equations(plan: &Plan, page: &mut Page) {
    let Some(SystemPlan { system, numbers, .. }) = plan.system() else { return };
    page.line("equation", &system.name);
    for line in system.to_string().lines() {
        page.line("", line);
    }
    for (name, value) in numbers {
        page.line("number", &format!("{name} = {}", short(*value)));
    }
}

/// The ranges of the true and the starting values.
pub(super) fn parameters(plan: &SystemPlan, page: &mut Page) {
    let of = |source: &ParameterSource| source.choice.name();
    for parameter in &plan.parameters {
        let truth = parameter.truth.as_ref().map_or("unknown", of);
        let quantity = &parameter.initial.quantity;
        let start = of(&parameter.initial);
        page.line(&quantity.name, &format!("{}: true {truth}, start {start}", quantity.label()));
    }
}

/// The limits of the true and the starting medium together.
pub(super) fn limits(
    plan: &Plan,
    settings: &fd::time::Settings,
    system: &SystemPlan,
) -> Result<Limits, FwiError> {
    let mut all = Limits { slowest: f64::INFINITY, fastest: 0.0, largest_step: f64::INFINITY };
    for medium in system.truth(&plan.grid)?.into_iter().chain([system.start(&plan.grid)?]) {
        let mesh = Mesh::from(&plan.grid);
        let one = system.limits(&mesh, settings, &medium)?;
        all.slowest = all.slowest.min(one.slowest);
        all.fastest = all.fastest.max(one.fastest);
        all.largest_step = all.largest_step.min(one.largest_step);
    }
    Ok(all)
}

/// Refinement of a grid whose waves count as exact.
const FINE: f64 = 32.0;

/// The error of the phase velocity of the slowest wave along an axis, in the medium where it is found.
pub(super) fn phase_error(
    plan: &Plan,
    waves: &TransientPlan,
    system: &SystemPlan,
    (velocity, frequency): (f64, f64),
) -> Result<f64, FwiError> {
    let [dx, dz] = plan.grid.spacing;
    let numerics = |finer: f64| Numerics {
        spacing: [dx, dx, dz].map(|spacing| spacing / finer),
        step: waves.step / finer,
        order: plan.order,
        free_surface: false,
    };
    let mut nearest: Option<(f64, Vec<(String, f64)>)> = None;
    for medium in system.truth(&plan.grid)?.into_iter().chain([system.start(&plan.grid)?]) {
        for node in 0..plan.grid.len() {
            // The parameter that is nearest to the velocity, which is one of the wave velocities of the medium.
            let of = medium.iter().filter(|of| of.quantity.unit == "m/s");
            let away = of.map(|of| (of.model.values[node] - velocity).abs()).fold(f64::INFINITY, f64::min);
            if nearest.as_ref().is_none_or(|(other, _)| away < *other) {
                let values = medium.iter().map(|of| (of.quantity.name.clone(), of.model.values[node]));
                nearest = Some((away, values.collect()));
            }
        }
    }
    let values = nearest.map(|(_, values)| values).unwrap_or_default();
    let numbers = &system.numbers;
    let medium = |name: &str| {
        let all = values.iter().chain(numbers);
        all.into_iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    };
    let along = |axis: usize, finer: f64| -> Result<f64, FwiError> {
        let of = (axis, velocity, frequency);
        let error = symbol::phase_error_along(&system.system, &numerics(finer), &medium, of);
        Ok(error.map_err(fd::FdError::from)?)
    };
    // The wave has this velocity along one of the axes: there a fine grid has no error.
    let axes: &[usize] = if plan.grid.dims() == 1 { &[0] } else { &[0, 2] };
    let mut best: Option<[f64; 2]> = None;
    for axis in axes {
        let (exact, found) = (along(*axis, FINE)?, along(*axis, 1.0)?);
        if best.is_none_or(|[other, _]| exact.abs() < other.abs()) {
            best = Some([exact, found]);
        }
    }
    let [exact, found] = best.expect("a grid has axes");
    Ok((1.0 + found) / (1.0 + exact) - 1.0)
}
