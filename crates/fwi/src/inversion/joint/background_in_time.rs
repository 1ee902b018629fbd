//! The wavefields of the starting model between nodes and steps, with their derivatives.

use fd::Grid;
use fields::Event;
use pde::{Axis, MultiIndex};

use super::Context;
use crate::forward::Transient;
use crate::forward::transient::at_a_time;
use crate::inversion::InversionError;
use crate::waves_plan::TransientPlan;

/// Nodes along an axis that a value is interpolated from.
const NODES: usize = 10;

/// Samples in time that a value is interpolated from.
const SAMPLES: usize = 8;

/// Samples that are kept of a period of the highest frequency, at least.
const A_PERIOD: f64 = 10.0;

/// Some fields of every shot, propagated by finite differences in the starting model, on the nodes of the solver around a
/// region.
///
/// Between nodes and samples they are polynomials through the nearest ten nodes along each axis and the nearest eight samples;
/// near an edge of the grid the nodes are those at the edge. With six nodes for the shortest wavelength and ten samples for the
/// shortest period, fields, their slopes and their curvatures are known to 0.3 % of those of such waves; with twelve nodes and
/// twenty samples, to 1e-5. Near an edge of the grid, and near the first and the last sample, errors are up to a hundred times as large, and where these meet up to 250 times. Fields that stand at half cells are first interpolated to nodes by Kaiser-windowed sincs, with an
/// error below 1e-3.
pub(super) struct BackgroundInTime {
    grid: Grid,
    interval: f64,
    samples: usize,
    /// By unknown of the system: its place among the fields, if it is one of them.
    places: Vec<Option<usize>>,
    /// `[shot][field, node, time]`.
    values: Vec<Vec<f32>>,
}

impl BackgroundInTime {
    /// Propagates every shot once. `wanted` says of each unknown of the system whether its field is needed.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(context: &Context, waves: &Transient, wanted: &[bool]) -> Result<Self, InversionError> {
        let (problem, settings, plan) = (context.problem, context.settings, &waves.waves);
        let grid = around(&problem.grid, &settings.region)?;
        let every = every(plan);
        let (mut places, mut count) = (Vec::new(), 0);
        for wanted in wanted {
            places.push(wanted.then_some(count));
            count += usize::from(*wanted);
        }
        let points: Vec<[f64; 2]> = grid.points().collect();
        let values = match count {
            0 => Vec::new(),
            _ => waves.background_of_unknowns((problem, settings), wanted, &points, every)?,
        };
        let samples = (plan.recorded_steps() - 1) / every + 1;
        Ok(Self { grid, interval: every as f64 * plan.step, samples, places, values })
    }

    /// A partial derivative of an unknown of a shot at an event of the region; `None` for an unknown that is not stored.
    pub(super) fn at(
        &self,
        (shot, unknown): (usize, usize),
        derivative: &MultiIndex,
        [x, z, t]: Event,
    ) -> Option<f64> {
        let place = self.places[unknown]?;
        let Grid { origin, spacing, .. } = self.grid;
        let along = |axis: Axis, position: f64, (count, width): (usize, usize), step: f64| {
            Window::new(position, count, width.min(count), (derivative.count(axis), step))
        };
        let columns = along(Axis::X, (x - origin[0]) / spacing[0], (self.grid.nx(), NODES), spacing[0]);
        let rows = along(Axis::Z, (z - origin[1]) / spacing[1], (self.grid.nz(), NODES), spacing[1]);
        let times = along(Axis::T, t / self.interval, (self.samples, SAMPLES), self.interval);
        let field = &self.values[shot][place * self.grid.len() * self.samples..];
        let mut sum = 0.0;
        for (iz, by_row) in rows.weights.iter().enumerate() {
            for (ix, by_column) in columns.weights.iter().enumerate() {
                let node = self.grid.index(rows.first + iz, columns.first + ix);
                let trace = &field[node * self.samples + times.first..];
                let at: f64 = times.weights.iter().zip(trace).map(|(w, v)| w * f64::from(*v)).sum();
                sum += by_row * by_column * at;
            }
        }
        Some(sum)
    }
}

/// Steps from one kept sample to the next.
fn every(plan: &TransientPlan) -> usize {
    let longest = 1.0 / (A_PERIOD * plan.band.high * plan.step);
    let divides = |k: &usize| plan.steps_per_sample.is_multiple_of(*k);
    (1..=plan.steps_per_sample).rev().find(|k| divides(k) && *k as f64 <= longest).unwrap_or(1)
}

/// Bytes of the background of so many shots, and of those whose traces are there at a time, if all unknowns are stored.
///
/// # Errors
/// [`InversionError::Fd`] for a region without extent.
pub fn background_bytes(
    plan: &TransientPlan,
    (whole, region): (&Grid, &fd::Domain),
    unknowns: usize,
    shots: usize,
) -> Result<f64, InversionError> {
    let fields = (around(whole, region)?.len() * unknowns) as f64;
    let kept = (plan.recorded_steps() - 1) / every(plan) + 1;
    // As they are recorded, and at the samples.
    let traces = (2 * at_a_time(shots) * plan.resampling(1).steps()) as f64;
    Ok(size_of::<f32>() as f64 * fields * ((shots * kept) as f64 + traces))
}

/// The nodes of a grid in and around a region, as far as a value in the region is interpolated from them.
fn around(whole: &Grid, region: &fd::Domain) -> Result<Grid, InversionError> {
    let (mut origin, mut shape) = ([0.0; 2], [0; 2]);
    for axis in 0..2 {
        let (from, step) = (whole.origin[axis], whole.spacing[axis]);
        let count = [whole.nx(), whole.nz()][axis];
        let cell = |at: f64| ((at - from) / step).floor().clamp(0.0, (count - 1) as f64) as usize;
        let first = (cell(region.lo[axis]) + 1).saturating_sub(NODES / 2);
        let last = (cell(region.hi[axis]) + NODES / 2).min(count - 1);
        // At an edge the window is shifted, so it takes more nodes on the other side.
        let (first, last) = (first.min(count.saturating_sub(NODES)), last.max((NODES - 1).min(count - 1)));
        origin[axis] = from + first as f64 * step;
        shape[1 - axis] = last - first + 1;
    }
    Ok(Grid::new(origin, whole.spacing, shape)?)
}

/// The samples around a position along an axis, with the weights of a derivative.
struct Window {
    first: usize,
    weights: Vec<f64>,
}

impl Window {
    /// `position` is in samples from the first of `count`.
    fn new(position: f64, count: usize, width: usize, (derivative, step): (usize, f64)) -> Self {
        let before = position.floor().max(0.0) as usize + 1;
        let first = before.saturating_sub(width / 2).min(count - width);
        let offsets: Vec<f64> = (first..first + width).map(|k| k as f64 - position).collect();
        let unit = step.powi(-i32::try_from(derivative).expect("a derivative fits in i32"));
        let weights = pde::fornberg(0.0, &offsets, derivative).into_iter().map(|w| w * unit).collect();
        Self { first, weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Domain;

    /// Plane waves in several directions, with so many nodes a wavelength and samples a period, have the errors that the
    /// documentation states, relative to the largest value of the field or of its derivative: in the region, at its corners, at
    /// an edge of the grid, and at the first and the last sample.
    #[test]
    fn errors_of_plane_waves() {
        let whole = Grid::new([0.0; 2], [10.0; 2], [31, 41]).unwrap();
        for (nodes, samples_a_period, largest) in [(6.0, 10.0, 3e-3), (12.0, 20.0, 1e-5)] {
            let (k, omega) = (std::f64::consts::TAU / (10.0 * nodes), 1.0);
            let interval = std::f64::consts::TAU / samples_a_period;
            for region in [Domain::section([103.0, 91.0], [257.0, 204.0]), whole.domain()] {
                let grid = around(&whole, &region).unwrap();
                let domain = grid.domain();
                for angle in [0.0_f64, 0.4, 0.785, 1.3] {
                    let [kx, kz] = [k * angle.cos(), k * angle.sin()];
                    let phase = |x: f64, z: f64, t: f64| kx * x + kz * z - omega * t + 0.3;
                    let samples = 40;
                    let values = grid.points().flat_map(|[x, z]| {
                        (0..samples).map(move |n| phase(x, z, n as f64 * interval).sin() as f32)
                    });
                    let background = BackgroundInTime {
                        grid,
                        interval,
                        samples,
                        places: vec![None, Some(0)],
                        values: vec![values.collect()],
                    };
                    let x = MultiIndex::along(Axis::X);
                    let [z, t] = [Axis::Z, Axis::T].map(MultiIndex::along);
                    let derivatives = [
                        (MultiIndex::ZERO, 1.0),
                        (x, k),
                        (z, k),
                        (t, omega),
                        (x.with(Axis::X), k * k),
                        (z.with(Axis::Z), k * k),
                        (t.with(Axis::T), omega * omega),
                        (x.with(Axis::Z), k * k),
                        (x.with(Axis::T), k * omega),
                    ];
                    let last = (samples - 1) as f64 * interval;
                    for place in 0..60 {
                        let share = |seed: f64| (f64::from(place) * seed).fract();
                        let [a, b] = [0, 1].map(|axis| {
                            let share = [share(0.754_877_666), share(0.569_840_291)][axis];
                            let share = if place < 4 { f64::from(place >> axis & 1) } else { share };
                            region.lo[axis] + share * (region.hi[axis] - region.lo[axis])
                        });
                        let at = [a, b, last * [share(0.618_034), 0.0, 1.0][(place as usize % 7).min(2)]];
                        for (derivative, size) in &derivatives {
                            let found = background.at((0, 1), derivative, at).unwrap();
                            let factor = |axis: Axis, by: f64| by.powi(derivative.count(axis) as i32);
                            let sign = factor(Axis::X, kx) * factor(Axis::Z, kz) * factor(Axis::T, -omega);
                            let turned = derivative.order() as f64 * std::f64::consts::FRAC_PI_2;
                            let exact = sign * (phase(a, b, at[2]) + turned).sin();
                            // Windows that are shifted along one axis, or along several.
                            let ends = [
                                (a, domain.lo[0], domain.hi[0], 50.0),
                                (b, domain.lo[1], domain.hi[1], 50.0),
                            ];
                            let in_time = (at[2], 0.0, last, 4.0 * interval);
                            let near = |(v, lo, hi, reach): &(f64, f64, f64, f64)| {
                                v - lo < *reach || hi - v < *reach
                            };
                            let shifted = match ends.iter().chain([&in_time]).filter(|end| near(end)).count()
                            {
                                0 => 1.0,
                                1 => 100.0,
                                _ => 250.0,
                            };
                            // The samples are rounded to single precision.
                            let allowed = shifted * largest + 2e-5;
                            let error = (found - exact).abs() / size;
                            assert!(error < allowed, "{nodes} {derivative} at {at:?}: {error:e}");
                        }
                    }
                    assert!(background.at((0, 0), &x, [150.0, 150.0, 1.0]).is_none());
                }
            }
        }
    }
}
