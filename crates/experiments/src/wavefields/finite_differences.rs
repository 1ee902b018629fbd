//! Wavefields by finite differences.

use document::{CheckSettings, Fault, KeyPath, Unit};
use fd::{Grid, PointSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{Fields, MethodResult, WavefieldProblem};
use super::solver::{InMedium, WavefieldMethod};
use crate::run_settings::RunSettings;
use fwi::forward::medium_solver::{Discretisation, MediumSolver, order_in};
use fwi::harmonic_medium::HarmonicMedium;
use fwi::inversion::InversionError;
use fwi::network_training::Follow;
use fwi::status::Status;
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

    fn check_medium(&self, medium: &HarmonicMedium, at: &KeyPath) -> Result<(), Fault> {
        if !medium.has_matrix() {
            let found = "finite_differences".to_owned();
            let problem = InMedium { of: "anisotropy", found, expected: "network: {...}".to_owned() };
            return Err(Fault::new(at, problem));
        }
        let needed = order_in(medium, self.order);
        if self.order == needed {
            return Ok(());
        }
        let (found, expected) = (format!("order: {}", self.order), format!("order: {needed}"));
        Err(Fault::new(at.key("order"), InMedium { of: "density", found, expected }))
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
    let how = Discretisation { grid: *grid, pml: problem.pml, order, omega: problem.omega };
    let solver = MediumSolver::new(&problem.medium, how, &problem.velocity.sample(grid)?, &problem.survey)?;
    let receivers = PointSet::new(grid, &problem.points)?;
    let mut fields = Fields::new();
    for right in solver.sources().chunks(AT_ONCE) {
        fields.extend(solver.pressure(right)?.iter().map(|pressure| receivers.sample(pressure)));
        finished([fields.len() as u64, problem.survey.sources.len() as u64]);
    }
    Ok(fields)
}
