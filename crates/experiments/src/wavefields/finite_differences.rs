//! Wavefields by finite differences.

use document::{CheckSettings, Fault, KeyPath, Unit};
use fd::{Complex64, Grid, HelmholtzOperator, PointSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{Fields, MethodResult, WavefieldProblem};
use super::solver::{WavefieldMethod, WithDensity};
use super::variable_density;
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::network_training::Follow;
use fwi::status::Status;
use survey::density::DensityChoice;
use survey::ranges;

/// Finite differences: one sparse factorisation, and one solution for each source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiniteDifferences {
    /// Distance between nodes. When absent, that of the grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::length())]
    pub spacing: Option<f64>,
    /// Order of accuracy, an even number.
    #[serde(default = "order")]
    #[schemars(transform = Unit::None.within(2.0, 12.0))]
    pub order: usize,
}

fn order() -> usize {
    4
}

impl CheckSettings for FiniteDifferences {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        crate::order::check(&at.key("order"), self.order)
    }
}

impl WavefieldMethod for FiniteDifferences {
    fn resolves_source(&self) -> bool {
        false
    }

    fn check_density(&self, at: &KeyPath) -> Result<(), Fault> {
        let found = self.order;
        let expected = format!("order: {}", variable_density::ORDER);
        match found == variable_density::ORDER {
            true => Ok(()),
            false => {
                Err(Fault::new(at.key("order"), WithDensity { found: format!("order: {found}"), expected }))
            }
        }
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        _settings: &RunSettings,
        follow: &mut dyn Follow<Fields>,
    ) -> Result<MethodResult, InversionError> {
        let grid = self.grid(problem)?;
        Ok(MethodResult {
            fields: fields(problem, &grid, self.order, &mut |finished| {
                follow.finished_parts("source", finished);
            })?,
            steps: 0,
            unknowns: grid.len() as u64,
            residual: None,
            status: Status::Done,
            stopped_because: "solved".to_owned(),
            networks: None,
        })
    }
}

impl FiniteDifferences {
    fn grid(&self, problem: &WavefieldProblem) -> Result<Grid, InversionError> {
        let domain = problem.grid.domain();
        let spacing = self.spacing.unwrap_or(problem.grid.spacing[0]);
        Ok(Grid::with_spacing(&domain, spacing)?)
    }
}

/// Sources that are solved for at once.
const AT_ONCE: usize = 16;

/// The fields at the points of a problem by finite differences on a grid. `finished` receives the number of finished sources and their
/// total.
///
/// # Errors
/// [`InversionError::Fd`] if the grid is too coarse for the waves.
pub fn fields(
    problem: &WavefieldProblem,
    grid: &Grid,
    order: usize,
    finished: &mut dyn FnMut([u64; 2]),
) -> Result<Fields, InversionError> {
    let operator = HelmholtzOperator::new(*grid, problem.pml, order, problem.omega)?;
    let model = problem.velocity.sample(grid)?;
    let density = problem.density.as_ref().map(DensityChoice::as_dyn);
    let root = |velocity: f64| density.map_or(1.0, |density| density.at(velocity)[0].sqrt());
    let mut right = PointSet::new(grid, &problem.survey.sources)?.sources(grid, 1.0.into());
    for (source, at) in right.iter_mut().zip(&problem.survey.sources) {
        let velocity = model.sample(*at);
        let strength = problem.survey.effective_strength(problem.omega / velocity) * root(velocity);
        source.iter_mut().for_each(|value| *value *= strength);
    }
    let receivers = PointSet::new(grid, &problem.points)?;
    let mut m = model.squared_slowness();
    if let Some(density) = density {
        let density: Vec<f64> = model.vp.iter().map(|v| density.at(*v)[0]).collect();
        m = variable_density::squared_slowness(grid, &m, &density, problem.omega);
    }
    let prepared = operator.prepare(&m)?;
    let roots: Vec<f64> = model.vp.iter().map(|v| root(*v)).collect();
    let mut fields = Fields::new();
    for right in right.chunks(AT_ONCE) {
        fields.extend(prepared.solve(right)?.iter().map(|u| {
            let pressure: Vec<Complex64> = u.iter().zip(&roots).map(|(u, root)| u * root).collect();
            receivers.sample(&pressure)
        }));
        finished([fields.len() as u64, problem.survey.sources.len() as u64]);
    }
    Ok(fields)
}
