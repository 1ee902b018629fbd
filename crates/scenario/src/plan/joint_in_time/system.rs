//! Checks that a joint inversion suits a system of equations.

use document::{Fault, KeyPath};
use fd::Domain;
use fwi::inversion::Joint;
use fwi::inversion::joint::strong::DataFrom;
use fwi::inversion::joint::{ResidualChoice, scattered_in_time};
use fwi::unknowns::{Follower, Unknown};
use fwi::waves_plan::SystemPlan;
use survey::survey::Survey;

use super::problems::{NoResidual, NotOfSystem, SourceInRegion};

/// Checks the form of the residual, and that it can be read from the equation. `at` is the residual.
pub(super) fn check(at: &KeyPath, joint: &Joint, plan: &SystemPlan) -> Result<(), Fault> {
    let strong = match &joint.residual {
        ResidualChoice::Strong(strong) => strong,
        ResidualChoice::Preconditioned(_) => {
            let (found, expected) = ("residual `preconditioned`", "residual: {strong: {...}}");
            return Err(Fault::new(at, NotOfSystem { found, expected }));
        }
    };
    if strong.data_from == DataFrom::Integral {
        let (found, expected) = ("data_from: integral", "data_from: network");
        return Err(Fault::new(at.key("data_from"), NotOfSystem { found, expected }));
    }
    match scattered_in_time(&plan.system) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault::new(at, NoResidual { error: error.to_string() })),
    }
}

/// Checks that no source lies where a parameter that is looked for multiplies it: its strength at a point would change with the
/// medium, and points do not see it. `at` is the region.
pub(in super::super) fn check_medium(
    at: &KeyPath,
    plan: &SystemPlan,
    (unknowns, followers): (&[Unknown], &[Follower]),
    (region, survey): (&Domain, &Survey),
) -> Result<(), Fault> {
    let Some(shot) = survey.sources.iter().position(|source| region.holds(source)) else { return Ok(()) };
    let varying = unknowns.iter().map(|of| &of.quantity).chain(followers.iter().map(|of| &of.quantity));
    let varying: Vec<&str> = varying.map(|of| of.name.as_str()).collect();
    let multiplied = |residual: &pde::Expr| {
        let Ok(form) = pde::linear_in(residual, &plan.source) else { return true };
        let with = |(_, coefficient): &(pde::MultiIndex, pde::Expr)| {
            varying.iter().any(|name| coefficient.contains(name))
        };
        form.terms.iter().any(with)
    };
    if plan.system.resolved().iter().any(multiplied) {
        let (source, field) = (survey.sources[shot], plan.source.clone());
        return Err(Fault::new(at, SourceInRegion { shot, source: source.section(), field }));
    }
    Ok(())
}
