//! Waves of a system at frequencies: what the grid samples, and what it takes to solve for them.

use document::numbers::{bytes, short};
use fwi::waves_plan::FrequencyPlan;
use survey::survey::Survey;

use super::lines::{THIN_LAYER, points, seconds};
use super::page::Page;
use super::system;
use crate::error::FwiError;
use crate::plan::Plan;

/// What is emitted and recorded.
pub(super) fn survey(waves: &FrequencyPlan, survey: &Survey) -> String {
    let names: Vec<&str> = waves.system.fields.iter().map(|field| field.name.as_str()).collect();
    let each = waves.frequencies.len() * survey.sources.len() * survey.receivers.count() * names.len();
    format!("sources of `{}`, {each} complex data of {}", waves.system.source, names.join(", "))
}

/// The sampling of the slowest waves, and the layers.
pub(super) fn sampling(plan: &Plan, waves: &FrequencyPlan, page: &mut Page) -> Result<(), FwiError> {
    let settings = waves.limit_settings(plan.order);
    let limits = system::limits(plan, &settings, &waves.system)?;
    points(plan, &waves.frequencies, limits.slowest, page)?;
    let (lowest, cells) = (waves.frequencies[0], waves.boundary.cpml.cells);
    let thickness = cells as f64 * plan.grid.spacing[0] * lowest / limits.fastest;
    let top = if waves.boundary.free_surface { ", a free surface at the top" } else { "" };
    let thin = if thickness < THIN_LAYER { ": thin for such waves, expect reflections" } else { "" };
    page.line(
        "CPML",
        &format!(
            "{cells} cells outside each edge{top}; {} of the wavelength at {} m/s, {} Hz{thin}",
            short(thickness),
            short(limits.fastest),
            short(lowest)
        ),
    );
    Ok(())
}

/// The matrix: its unknowns, memory and time.
pub(super) fn solver(plan: &Plan, waves: &FrequencyPlan, page: &mut Page) -> Result<(), FwiError> {
    let (grid, order) = (&plan.grid, plan.order);
    let (cost, shots) = (waves.cost(grid, order, &waves.system.start(grid)?)?, plan.survey.sources.len());
    let (factor, solve) = cost.seconds(shots);
    page.line(
        "solver",
        &format!(
            "{} unknowns per frequency; factors of {}, {} at the peak; about {} to factorise and {} to solve for {shots} sources",
            cost.unknowns,
            bytes(cost.bytes()),
            bytes(crate::memory::solved(&cost, shots)),
            seconds(factor),
            seconds(solve)
        ),
    );
    Ok(())
}
