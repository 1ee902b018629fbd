//! The starting velocity, from the first breaks.

use survey::first_breaks::DivingWave;
use survey::import::segy::SegyImport;
use survey::model::PLAUSIBLE;

/// The velocity of water in m/s.
const WATER: f64 = 1500.0;
/// The velocity of sediments below the sea floor in m/s, where first breaks say less.
const SEDIMENT: f64 = 1600.0;
/// Velocities in m/s without any first breaks: the surface, and the growth with depth in 1/s.
const UNKNOWN: [f64; 2] = [1800.0, 0.6];
/// The fastest velocity of a starting model in m/s.
const FASTEST: f64 = 6500.0;
/// Bounds over the slowest and the fastest velocity of the starting model.
const BOUNDS: [f64; 2] = [0.85, 1.5];

/// The starting velocity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StartingVelocity {
    /// In m/s, at the top of the grid or at the sea floor.
    pub top: f64,
    /// In m/s, at the bottom of the grid.
    pub bottom: f64,
    /// The depth of the sea floor in m.
    pub water: Option<f64>,
    /// The slowest and the fastest velocity of the inversion in m/s.
    pub bounds: [f64; 2],
    /// What it was fitted to.
    pub fitted: Option<DivingWave>,
    /// How many traces were picked, and how many had no clear first break.
    pub picks: [usize; 2],
    /// The depth in m at which the wave to the farthest receiver turns.
    pub turning: f64,
}

impl StartingVelocity {
    /// From first breaks, down to a depth in m; `offset` in m is the largest one.
    pub(super) fn of(import: &SegyImport, depth: f64, offset: f64) -> Self {
        let fitted = import.quality.first_breaks.diving_wave();
        let turning = fitted.map_or(0.0, |wave| wave.turning_depth(offset));
        let picks = import.quality.first_breaks.counts();
        let unbounded = Self {
            top: 0.0,
            bottom: 0.0,
            water: import.water_depth,
            bounds: PLAUSIBLE,
            fitted,
            picks,
            turning,
        };
        unbounded.over([0.0, depth], 0.0)
    }

    /// The same between the top and the bottom of a grid in m, with the sea floor on a node.
    pub(super) fn over(self, [top, bottom]: [f64; 2], spacing: f64) -> Self {
        let at = |depth: f64| match &self.fitted {
            Some(wave) => wave.velocity(depth.max(0.0)),
            None => UNKNOWN[0] + UNKNOWN[1] * depth.max(0.0),
        };
        let water = self.water.filter(|depth| *depth > top + spacing && *depth < bottom - spacing);
        let surface = match water {
            Some(depth) => at(depth).max(SEDIMENT),
            None => at(top),
        };
        let upper = tens(surface.clamp(PLAUSIBLE[0] / BOUNDS[0] + 5.0, FASTEST));
        let lower = tens(at(bottom).clamp(upper, FASTEST));
        let slowest = if water.is_some() { upper.min(WATER) } else { upper };
        let bounds = [tens(BOUNDS[0] * slowest).max(PLAUSIBLE[0]), tens(BOUNDS[1] * lower).min(PLAUSIBLE[1])];
        Self { top: upper, bottom: lower, water, bounds, ..self }
    }

    /// The slowest velocity of the starting model in m/s.
    pub(super) fn slowest(&self) -> f64 {
        if self.water.is_some() { self.top.min(WATER) } else { self.top }
    }

    /// The velocity of the water in m/s.
    pub(super) fn of_water() -> f64 {
        WATER
    }
}

fn tens(velocity: f64) -> f64 {
    10.0 * (velocity / 10.0).round()
}
