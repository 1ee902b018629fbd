//! The wavefields that serve as the truth.

use document::numbers::short;
use fd::Grid;
use rayon::prelude::*;

use super::finite_differences::FiniteDifferences;
use super::problem::{EvolutionProblem, Snapshots};
use fwi::inversion::InversionError;

/// Entries of the table of radii per width of a pulse. A cubic between them has an error of (1/50)^4 of the
/// amplitude.
const PER_WIDTH: f64 = 50.0;

/// True fields at the points and times of a problem.
pub struct Truth {
    /// The fields.
    pub fields: Snapshots,
    /// A description of the way they were computed.
    pub how: String,
}

impl Truth {
    /// In a uniform velocity, the exact fields without reflections from the edge of the box; otherwise finite
    /// differences of order 8 with nodes `spacing` m apart. `finished` receives the number of finished sources and their total.
    ///
    /// # Errors
    /// [`InversionError`] if the grid is too coarse for the waves.
    pub fn new(
        problem: &EvolutionProblem,
        spacing: f64,
        finished: &mut dyn FnMut([u64; 2]),
    ) -> Result<Self, InversionError> {
        if let Some(velocity) = problem.velocity.uniform() {
            return Ok(Self {
                fields: exact(problem, velocity),
                how: "the exact integral (Hankel transform)".to_owned(),
            });
        }
        let method = FiniteDifferences { spacing, order: 8, layers: 30 };
        let grid = Grid::with_spacing(&problem.shown.domain(), spacing)?;
        let fields = method.fields(problem, &grid, finished)?;
        let how = format!("finite differences of order 8 with nodes {} m apart", short(spacing));
        Ok(Self { fields, how })
    }

    /// Relative error at every time, over all sources and points.
    #[must_use]
    pub fn errors(&self, found: &Snapshots) -> Vec<f64> {
        let times = self.fields.first().map_or(0, Vec::len);
        (0..times)
            .map(|k| {
                let (mut off, mut size) = (0.0, 0.0);
                for (u, truth) in found.iter().zip(&self.fields) {
                    for (u, truth) in u[k].iter().zip(&truth[k]) {
                        off += (u - truth).powi(2);
                        size += truth * truth;
                    }
                }
                (off / size).sqrt()
            })
            .collect()
    }
}

/// The exact fields in a uniform velocity, from a table over radii for each time.
fn exact(problem: &EvolutionProblem, velocity: f64) -> Snapshots {
    let points: Vec<[f64; 2]> = problem.shown.points().collect();
    let of_pulse = |pulse: &fd::time::InitialPulse| {
        let width = pulse.variance.sqrt();
        let step = width / PER_WIDTH;
        let at_time = |t: &f64| -> Vec<f64> {
            // Beyond eight widths outside the front the field is below 1e-13 of the amplitude.
            let entries = ((8.0 * width + velocity * t) / step).ceil() as usize + 3;
            let table: Vec<f64> =
                (0..entries).into_par_iter().map(|k| pulse.exact(velocity, k as f64 * step, *t)).collect();
            let value = |p: &[f64; 2]| {
                let r = (p[0] - pulse.centre[0]).hypot(p[1] - pulse.centre[1]) / step;
                let (k, s) = (r.floor() as usize, r - r.floor());
                if k + 2 >= entries {
                    return 0.0;
                }
                // The cubic through four entries; the field is even in r.
                let before = table[k.abs_diff(1)];
                let [at, next, after] = [table[k], table[k + 1], table[k + 2]];
                -s * (s - 1.0) * (s - 2.0) / 6.0 * before + (s + 1.0) * (s - 1.0) * (s - 2.0) / 2.0 * at
                    - (s + 1.0) * s * (s - 2.0) / 2.0 * next
                    + (s + 1.0) * s * (s - 1.0) / 6.0 * after
            };
            points.iter().map(value).collect()
        };
        problem.times.iter().map(at_time).collect()
    };
    problem.pulses.iter().map(of_pulse).collect()
}
