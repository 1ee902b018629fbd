//! Waves that dive and return in a velocity that grows linearly with depth.

use crate::median::median;

/// The travel time of a diving wave, fitted to first breaks.
///
/// In the velocity `v = top + growth z` a wave from the surface returns to it at the offset x after
/// `t = delay + (2 / growth) asinh(growth x / (2 top))`; without growth this is `delay + x / top`. The delay is that of the
/// wavelet.
///
/// # Source
/// Slotnick, Geophysics 1 (1936), 9-22; Sheriff and Geldart, Exploration Seismology (1995), section 4.3.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DivingWave {
    /// The velocity at the surface in m/s.
    pub top: f64,
    /// The growth of the velocity with depth in 1/s.
    pub growth: f64,
    /// The time at offset 0 in s.
    pub delay: f64,
    /// The mean magnitude of the differences between the picks and the wave in s.
    pub error: f64,
}

/// The fastest velocity at the surface in m/s.
const TOP: f64 = 7000.0;
/// The largest growth in 1/s, beyond that of compaction in any basin.
const GROWTH: f64 = 3.0;
/// Values tried in each direction, on a lattice that is refined around the best one.
const TRIED: usize = 31;
/// How often the lattice is refined.
const REFINED: usize = 5;

impl DivingWave {
    /// The wave for which the sum of magnitudes of differences is smallest. `breaks` are offsets in m and times in s. The delay is
    /// looked for between minus one and three of the given periods in s, the velocity at the surface from `slowest` in m/s on.
    #[must_use]
    pub fn fit(breaks: &[[f64; 2]], period: f64, slowest: f64) -> Self {
        let of = |top: f64, growth: f64| {
            let travelled = Self { top, growth, delay: 0.0, error: 0.0 };
            let late: Vec<f64> = breaks.iter().map(|[x, t]| t - travelled.time(*x)).collect();
            let delay = median(late.clone()).clamp(-period, 3.0 * period);
            let error = late.iter().map(|late| (late - delay).abs()).sum::<f64>() / late.len().max(1) as f64;
            Self { delay, error, ..travelled }
        };
        let (mut tops, mut growths) = ([slowest, TOP], [0.0, GROWTH]);
        let mut best = of(slowest.max(1500.0), 0.0);
        for _ in 0..=REFINED {
            for i in 0..TRIED {
                for j in 0..TRIED {
                    let share = |k: usize| k as f64 / (TRIED - 1) as f64;
                    let top = tops[0] * (tops[1] / tops[0]).powf(share(i));
                    let growth = growths[0] + (growths[1] - growths[0]) * share(j);
                    let tried = of(top, growth);
                    if tried.error < best.error {
                        best = tried;
                    }
                }
            }
            let factor = (tops[1] / tops[0]).powf(3.0 / (TRIED - 1) as f64);
            tops = [(best.top / factor).max(slowest), (best.top * factor).min(TOP)];
            let width = 3.0 * (growths[1] - growths[0]) / (TRIED - 1) as f64;
            growths = [(best.growth - width).max(0.0), (best.growth + width).min(GROWTH)];
        }
        best
    }

    /// Whether velocity or growth are at a limit of the search, so that the picks ask for values beyond any that rocks have.
    #[must_use]
    pub fn at_limit(&self, slowest: f64) -> bool {
        self.top <= slowest * (1.0 + 1e-9)
            || self.top >= TOP * (1.0 - 1e-9)
            || self.growth >= GROWTH * (1.0 - 1e-9)
    }

    /// The travel time in s at an offset in m, with the delay.
    #[must_use]
    pub fn time(&self, offset: f64) -> f64 {
        let half = 0.5 * self.growth * offset / self.top;
        // Below that, the series of asinh has no more digits.
        let travel = if half < 1e-6 { offset / self.top } else { 2.0 / self.growth * half.asinh() };
        self.delay + travel
    }

    /// The velocity in m/s at a depth in m.
    #[must_use]
    pub fn velocity(&self, depth: f64) -> f64 {
        self.top + self.growth * depth
    }

    /// The depth in m at which the wave to an offset in m turns.
    #[must_use]
    pub fn turning_depth(&self, offset: f64) -> f64 {
        let half = 0.5 * self.growth * offset / self.top;
        if half < 1e-6 { 0.0 } else { self.top / self.growth * (half.hypot(1.0) - 1.0) }
    }
}
