//! Waves in time as a sum of standing plane waves.

use document::{CheckSettings, Fault, KeyPath, Unit, positive, within};
use fields::evolution::StandingWaveSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EvolutionMethod, EvolutionProblem, Evolved, Snapshots};
use crate::inversion::InversionError;
use crate::network_training::Follow;
use crate::scenario::EvolutionBlock;
use crate::status::Status;

/// A layer of sines with random weights on the light cone, `cos(omega t) sin(k . x + phase)`, whose output layer is solved by
/// linear least squares for all sources together. In a uniform velocity each unit solves the equation exactly.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingWaves {
    /// Number of units.
    pub count: usize,
    /// Largest wavenumber, in the inverse width of a pulse.
    #[serde(default = "most")]
    pub most: f64,
    /// Points at t = 0.
    pub start_points: usize,
    /// Points of the equation in space and time, where the velocity is not uniform.
    #[serde(default = "points")]
    pub points: usize,
    /// Multiple of the identity that bounds the weights.
    #[serde(default = "damping")]
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

impl CheckSettings for StandingWaves {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        for (key, count) in
            [("count", self.count), ("start_points", self.start_points), ("points", self.points)]
        {
            within(&at.key(key), count as f64, [1.0, 1e6], Unit::None)?;
        }
        positive(&at.key("most"), self.most, Unit::None)?;
        positive(&at.key("damping"), self.damping, Unit::None)
    }
}

impl EvolutionMethod for StandingWaves {
    fn solve(
        &self,
        problem: &EvolutionProblem,
        block: &EvolutionBlock,
        _follow: &mut dyn Follow<Snapshots>,
    ) -> Result<Evolved, InversionError> {
        let velocity = problem.velocity.pointwise(&problem.shown)?;
        let slowness = |point: [f64; 2]| velocity(point).powi(-2);
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
        Ok(Evolved {
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
