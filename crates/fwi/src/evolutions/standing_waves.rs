//! Waves in time as a sum of standing plane waves.

use fields::collocation::Region;
use fields::evolution::{Evolution, StandingWaveSettings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EvolutionMethod, EvolutionProblem, Evolved, WatchEvolution};
use crate::inversion::InversionError;
use crate::key_path::KeyPath;
use crate::problem::Unit;
use crate::scenario::EvolutionBlock;
use crate::scenario::check::{CheckSettings, Fault, positive, within};
use crate::summary::Status;

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
        _watch: &mut WatchEvolution,
    ) -> Result<Evolved, InversionError> {
        let (domain, model) = (problem.shown.domain(), problem.sampled(&problem.shown)?);
        let choice = &problem.velocity.choice;
        let slowness = |[x, z]: [f64; 2]| {
            choice.as_dyn().velocity(x, z).unwrap_or_else(|| model.sample([x, z])).powi(-2)
        };
        let start = |source: usize, point: [f64; 2]| problem.pulses[source].jet(point);
        let first = problem.pulses[0];
        let evolution = Evolution {
            region: Region::new(domain.lo, domain.hi)?,
            horizon: problem.horizon(),
            slowness: &slowness,
            fastest: problem.fastest.powi(-2),
            start: &start,
            centres: problem.pulses.iter().map(|pulse| pulse.centre).collect(),
            radius: problem.radius(),
            curvature: 1.0 / first.variance,
            amplitude: first.amplitude,
        };
        let settings = StandingWaveSettings {
            count: self.count,
            most: self.most,
            start_points: self.start_points,
            points: self.points,
            damping: self.damping,
            seed: block.seed,
        };
        let waves = fields::evolution::StandingWaves::solve(&evolution, problem.slowest, &settings)?;
        let points: Vec<[f64; 2]> = problem.shown.points().collect();
        let mut all = vec![Vec::new(); problem.pulses.len()];
        for t in &problem.times {
            let events: Vec<fields::Event> = points.iter().map(|[x, z]| [*x, *z, *t]).collect();
            let fields = waves.field(&evolution, &events);
            all.iter_mut().zip(fields).for_each(|(all, field)| all.push(field));
        }
        Ok(Evolved {
            fields: all,
            steps: 0,
            unknowns: self.count as u64,
            residual: Some(waves.residual),
            status: Status::Done,
            stopped_because: "solved".to_owned(),
        })
    }
}
