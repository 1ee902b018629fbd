//! Waves in time as a sum of standing plane waves whose weights follow from linear least squares.

use std::f64::consts::TAU;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use super::Evolution;
use crate::error::FieldsError;
use crate::projection::LeastSquares;
use crate::space_time::{Event, SpaceTime};

/// Functions `cos(omega t) sin(k . x + phase)`: a layer of sines with random weights on the light cone, omega = v
/// |k|.
///
/// Each is at rest at t = 0. In a uniform velocity each solves the wave equation exactly, so that only u0 remains to
/// be fitted. In other velocities v is drawn between the slowest and the fastest, and the residual
/// `(k^2 - m omega^2) u` at random points is minimised as well.
///
/// # Source
/// Random features with a least-squares output layer: Huang, Zhu & Siew, Neurocomputing 70 (2006), 489-501; plane waves as
/// trial functions: Trefftz methods, Hiptmair, Moiola & Perugia, in LNCSE 114 (2016), 237-279.
#[derive(Debug, Clone)]
pub struct StandingWaves {
    /// kx, kz, omega and phase of each function.
    waves: Vec<[f64; 4]>,
    /// `[source][function]`.
    weights: Vec<Vec<f64>>,
    /// Norm of the residual of the equations divided by the norm of their right-hand sides.
    pub residual: f64,
}

/// The number of functions and equations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandingWaveSettings {
    /// Number of functions.
    pub count: usize,
    /// Largest wavenumber |k| in units of the inverse width of the pulse.
    pub most: f64,
    /// Points at t = 0.
    pub start_points: usize,
    /// Points for the equation in space and time, used if the velocity is not uniform.
    pub points: usize,
    /// Multiple of the identity that is stacked below the equations, whose columns are scaled to norm 1.
    pub damping: f64,
    /// Seed of all random numbers.
    pub seed: u64,
}

fn value([kx, kz, omega, phase]: [f64; 4], [x, z, t]: Event) -> f64 {
    (omega * t).cos() * (kx * x + kz * z + phase).sin()
}

impl StandingWaves {
    /// Fits the waves of a problem; `slowest` is the slowest velocity.
    ///
    /// # Errors
    /// [`FieldsError::LeastSquares`] if there are more equations than can be factorised.
    pub fn solve(
        problem: &Evolution,
        slowest: f64,
        settings: &StandingWaveSettings,
    ) -> Result<Self, FieldsError> {
        let cone = problem.cone();
        let uniform = slowest >= cone.speed * (1.0 - 1e-12);
        let points = if uniform { 0 } else { settings.points };
        let rows = settings.start_points + points;
        let (m, sources) = (settings.count, problem.centres.len());
        let mut system = LeastSquares::new(m, sources, rows)?;
        let mut rng = StdRng::seed_from_u64(settings.seed);
        let largest = settings.most * problem.curvature.sqrt();
        let waves: Vec<[f64; 4]> = (0..settings.count)
            .map(|_| {
                let k = largest * rng.random::<f64>().sqrt();
                let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
                let v = slowest + (cone.speed - slowest) * rng.random::<f64>();
                [k * cos, k * sin, k * v, TAU * rng.random::<f64>()]
            })
            .collect();

        // The field up to the last time depends on u0 within the distance that waves travel, in both directions.
        let horizon = problem.horizon;
        let around = cone.reach(horizon) + cone.speed * horizon;
        let mut sampler = SpaceTime::new(problem.region, settings.seed ^ 1);
        let mut starts = Vec::with_capacity(settings.start_points);
        for k in 0..settings.start_points {
            let centre = problem.centres[k / 3 % problem.centres.len()];
            // A third of the points in the pulse.
            let radius = if k % 3 == 0 { cone.radius } else { around };
            starts.extend(sampler.in_disc(1, centre, radius));
        }
        let events = if points > 0 { sampler.in_cone(points, horizon, &cone) } else { Vec::new() };

        let by_start = (starts.len() as f64).sqrt().recip();
        let by_event = (points.max(1) as f64).sqrt().recip() / problem.curvature;
        let row = |i: usize| -> Vec<f64> {
            if let Some(event) = starts.get(i) {
                return waves.iter().map(|wave| by_start * value(*wave, *event)).collect();
            }
            let event = events[i - starts.len()];
            let slowness = (problem.slowness)([event[0], event[1]]);
            let residual = |wave: &[f64; 4]| {
                let [kx, kz, omega, _] = *wave;
                by_event * (kx * kx + kz * kz - slowness * omega * omega) * value(*wave, event)
            };
            waves.iter().map(residual).collect()
        };
        let wanted = |i: usize, s: usize| match starts.get(i) {
            Some([x, z, _]) => by_start * (problem.start)(s, [*x, *z])[0],
            None => 0.0,
        };
        // In blocks, so that the rows of all points are not stored twice.
        for block in (0..rows).collect::<Vec<_>>().chunks(512) {
            let all: Vec<Vec<f64>> = block.par_iter().map(|i| row(*i)).collect();
            for (i, row) in block.iter().zip(&all) {
                let right: Vec<f64> = (0..sources).map(|s| wanted(*i, s)).collect();
                system.add(row, &right);
            }
        }
        let weights = system.solve(settings.damping);
        let residual = system.residual(&weights, 0..rows);
        Ok(Self { waves, weights, residual })
    }

    /// The fields of all sources, `[source][point]`; zero where no wave can be.
    #[must_use]
    pub fn field(&self, problem: &Evolution, events: &[Event]) -> Vec<Vec<f64>> {
        let cone = problem.cone();
        let sum = |source: usize, event: &Event| -> f64 {
            if !cone.contains(source, *event) {
                return 0.0;
            }
            self.waves.iter().zip(&self.weights[source]).map(|(wave, w)| w * value(*wave, *event)).sum()
        };
        (0..self.weights.len())
            .map(|source| events.par_iter().map(|event| sum(source, event)).collect())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collocation::Region;

    const SETTINGS: StandingWaveSettings = StandingWaveSettings {
        count: 260,
        most: 3.2,
        start_points: 800,
        points: 1500,
        damping: 1e-8,
        seed: 3,
    };

    fn bell(_: usize, [x, z]: [f64; 2]) -> [f64; 5] {
        [(-0.5 * (x * x + z * z) / 0.04).exp(), 0.0, 0.0, 0.0, 0.0]
    }

    fn problem<'a>(slowness: &'a (dyn Fn([f64; 2]) -> f64 + Sync)) -> Evolution<'a> {
        Evolution {
            region: Region::new([-2.0, -2.0], [2.0, 2.0]).unwrap(),
            horizon: 0.4,
            slowness,
            fastest: 1.0,
            start: &bell,
            centres: vec![[0.0, 0.0]],
            radius: 0.8,
            curvature: 25.0,
            amplitude: 1.0,
        }
    }

    /// At the centre the field of a Gaussian of variance s is 1 - 2 a D(a) with a = t / sqrt(2 s) and Dawson's D. A
    /// tail of exp(-3.2^2 / 2) = 6e-3 of the spectrum is missing, and the fit adds as much.
    #[test]
    fn a_uniform_velocity_is_solved() {
        let problem = problem(&|_| 1.0);
        let waves = StandingWaves::solve(&problem, 1.0, &SETTINGS).unwrap();
        for t in [0.0, 0.1, 0.25, 0.4] {
            let a = t / 0.08f64.sqrt();
            let n = 4000;
            let h = a / f64::from(n);
            let dawson: f64 = (0..n).map(|k| (((f64::from(k) + 0.5) * h).powi(2) - a * a).exp() * h).sum();
            let found = waves.field(&problem, &[[0.0, 0.0, t]])[0][0];
            assert!((found - (1.0 - 2.0 * a * dawson)).abs() < 2e-2, "{t}: {found}");
        }
        assert_eq!(waves.field(&problem, &[[1.9, 1.9, 0.1]])[0][0], 0.0);
        assert!(
            StandingWaves::solve(&problem, 1.0, &StandingWaveSettings { count: 100_000, ..SETTINGS })
                .is_err()
        );
    }
}
