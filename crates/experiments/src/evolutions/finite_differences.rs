//! Waves in time by finite differences.

use document::{CheckSettings, Fault, KeyPath, Unit};
use fd::Grid;
use fd::time::{Boundary, Cpml, Medium, Mesh, Points, Propagator, Settings, Shot};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{EvolutionMethod, EvolutionProblem, EvolutionResult, Snapshots};
use crate::run_settings::RunSettings;
use fwi::inversion::InversionError;
use fwi::network_training::Follow;
use fwi::status::Status;
use survey::ranges;

/// Fraction of the largest stable time step; the scheme is of second order in time.
const SHARE_OF_STABLE: f64 = 0.25;

/// Finite differences in time, one run for each source, with absorbing layers around the box.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiniteDifferences {
    /// Distance between nodes.
    #[schemars(transform = ranges::length())]
    pub spacing: f64,
    /// Order of accuracy in space, an even number.
    #[serde(default = "order")]
    #[schemars(transform = Unit::None.within(2.0, 12.0))]
    pub order: usize,
    /// Number of cells of the absorbing layers.
    #[serde(default = "layers")]
    #[schemars(transform = Unit::None.within(1.0, 1000.0))]
    pub layers: usize,
}

fn order() -> usize {
    8
}
fn layers() -> usize {
    20
}

impl CheckSettings for FiniteDifferences {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        crate::order::check_in_time(&at.key("order"), self.order)
    }
}

impl EvolutionMethod for FiniteDifferences {
    fn solve(
        &self,
        problem: &EvolutionProblem,
        _settings: &RunSettings,
        follow: &mut dyn Follow<Snapshots>,
    ) -> Result<EvolutionResult, InversionError> {
        let domain = problem.shown.domain();
        let grid = Grid::with_spacing(&domain, self.spacing)?;
        Ok(EvolutionResult {
            fields: self.fields(problem, &grid, &mut |finished| follow.finished_parts("source", finished))?,
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
    /// The fields at the points and times of a problem.
    /// `finished` receives the number of finished sources and their total.
    pub(super) fn fields(
        &self,
        problem: &EvolutionProblem,
        grid: &Grid,
        finished: &mut dyn FnMut([u64; 2]),
    ) -> Result<Snapshots, InversionError> {
        let model = problem.velocity.sample(grid)?;
        let mesh = Mesh::from(grid);
        let dt = SHARE_OF_STABLE * fd::time::largest_stable_step(&mesh, self.order, problem.fastest);
        // Two more samples than needed, for interpolation.
        let steps = (problem.horizon() / dt).ceil() as usize + 4;
        let width = problem.radius() / 4.5;
        let cpml = Cpml {
            cells: self.layers,
            frequency: problem.slowest / (std::f64::consts::TAU * width),
            reflection: 1e-6,
        };
        let settings = Settings {
            order: self.order,
            dt,
            boundary: Boundary { cpml, free_surface: false },
            threads: rayon::current_num_threads(),
        };
        let medium = Medium { vp: &model.values, density: None };
        let propagator = Propagator::<f64>::new(&mesh, &settings, &medium)?;
        let points: Vec<[f64; 2]> = problem.shown.points().collect();
        let receivers = Points::new(&mesh, &points)?;
        let mut fields = Vec::new();
        for pulse in &problem.pulses {
            let (sources, wavelets) = pulse.sources(&mesh, &model.values, dt, steps)?;
            let shot = Shot { sources: &sources, wavelets: &wavelets, receivers: &receivers, steps };
            let traces = propagator.forward(&shot)?;
            let at = |t: f64| traces.chunks_exact(steps).map(|trace| sample(&trace[1..], t / dt)).collect();
            fields.push(problem.times.iter().map(|t| at(*t)).collect());
            finished([fields.len() as u64, problem.pulses.len() as u64]);
        }
        Ok(fields)
    }
}

/// A trace between its samples, by the cubic through the four nearest; before the first sample it is even.
fn sample(trace: &[f64], at: f64) -> f64 {
    let node = at.floor();
    let s = at - node;
    let value = |k: f64| trace[(node + k).abs() as usize];
    let weights = [
        -s * (s - 1.0) * (s - 2.0) / 6.0,
        (s + 1.0) * (s - 1.0) * (s - 2.0) / 2.0,
        -(s + 1.0) * s * (s - 2.0) / 2.0,
        (s + 1.0) * s * (s - 1.0) / 6.0,
    ];
    weights.iter().zip([-1.0, 0.0, 1.0, 2.0]).map(|(w, k)| w * value(k)).sum()
}

#[cfg(test)]
mod tests {
    /// A cubic, even about 0 where required, is interpolated exactly.
    #[test]
    fn traces_are_sampled_by_cubics() {
        let f = |t: f64| 2.0 + 0.5 * t * t;
        let trace: Vec<f64> = (0..8).map(|n| f(f64::from(n))).collect();
        for at in [0.0, 0.3, 1.0, 2.71, 4.9] {
            assert!((super::sample(&trace, at) - f(at)).abs() < 1e-12, "{at}");
        }
    }
}
