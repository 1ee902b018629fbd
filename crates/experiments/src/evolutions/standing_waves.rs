//! Waves in time as a sum of standing plane waves.

use document::{CheckSettings, Unit};
use fields::evolution::StandingWaveSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{EvolutionMethod, EvolutionProblem, EvolutionResult, Snapshots};
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::network_training::Follow;
use fwi::status::Status;

/// A sum of standing plane waves `cos(omega t) sin(k . x + phase)` with random wavenumbers. Their weights are
/// solved by linear least squares for all sources together. In a uniform velocity each wave solves the equation
/// exactly.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingWaves {
    /// Number of plane waves.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub count: usize,
    /// Largest wavenumber, in units of the inverse width of a pulse.
    #[serde(default = "most")]
    #[schemars(transform = Unit::None.within(1e-3, 1e6))]
    pub most: f64,
    /// Number of points at t = 0.
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub start_points: usize,
    /// Number of points of the equation in space and time, where the velocity is not uniform.
    #[serde(default = "points")]
    #[schemars(transform = Unit::None.within(1.0, 1e6))]
    pub points: usize,
    /// Damping of the least-squares problem, which bounds the weights.
    #[serde(default = "damping")]
    #[schemars(transform = Unit::None.within(1e-16, 1e6))]
    pub damping: f64,
}

fn most() -> f64 {
    3.6
}
fn points() -> usize {
    10_000
}
fn damping() -> f64 {
    1e-4
}

impl CheckSettings for StandingWaves {}

impl EvolutionMethod for StandingWaves {
    fn solve(
        &self,
        problem: &EvolutionProblem,
        block: &RunSettings,
        _follow: &mut dyn Follow<Snapshots>,
    ) -> Result<EvolutionResult, InversionError> {
        let velocity = problem.velocity.pointwise(&problem.shown)?;
        let slowness = |point: [f64; 2]| velocity(point.into()).powi(-2);
        let start = |source: usize, point: [f64; 2]| problem.pulses[source].jet(point);
        let evolution = problem.evolution(&slowness, &start)?;
        let settings = StandingWaveSettings {
            count: self.count,
            most: self.most,
            start_points: self.start_points,
            points: self.points,
            damping: self.damping,
            seed: block.seed,
        };
        let waves = fields::evolution::StandingWaves::solve(&evolution, problem.slowest, &settings)?;
        Ok(EvolutionResult {
            fields: problem.snapshots(|events| waves.field(&evolution, events)),
            steps: 0,
            unknowns: self.count as u64,
            residual: Some(waves.residual),
            status: Status::Done,
            stopped_because: "solved".to_owned(),
            networks: None,
        })
    }
}
