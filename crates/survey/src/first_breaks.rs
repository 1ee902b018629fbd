//! First breaks: the time at which the first wave arrives in a trace, and what follows from it for the velocity.

mod apparent;
mod diving_wave;
mod onset;
mod picker;
mod swell;

pub use apparent::ApparentVelocity;
pub use diving_wave::DivingWave;
pub use picker::{Onset, Picker};

use crate::median::median;

/// Intervals of offset that picks are averaged in.
const INTERVALS: usize = 50;

/// Fewest picks from which a velocity is fitted.
const FEWEST: usize = 12;

/// The slowest velocity at the surface of land in m/s.
pub const LAND: f64 = 150.0;

/// The slowest velocity of sea water in m/s, which is cold and fresh.
pub const SEA: f64 = 1400.0;

/// The picks of a survey, by offset.
#[derive(Debug, Clone)]
pub struct FirstBreaks {
    /// The dominant period in s.
    period: f64,
    /// The slowest velocity at the surface in m/s.
    slowest: f64,
    /// Offset in m and time in s.
    picks: Vec<[f64; 2]>,
    /// How many traces had no clear first break.
    unclear: usize,
}

impl FirstBreaks {
    /// Whether a fitted wave is at a limit of the search.
    #[must_use]
    pub fn at_limit(&self, wave: &DivingWave) -> bool {
        wave.at_limit(self.slowest)
    }

    /// No picks yet. `period` in s is that of the dominant frequency, `slowest` the slowest possible velocity at the surface in m/s:
    /// [`LAND`] or [`SEA`].
    #[must_use]
    pub fn new(period: f64, slowest: f64) -> Self {
        Self { period, slowest, picks: Vec::new(), unclear: 0 }
    }

    /// Adds the pick of a trace at an offset in m; `None` for a trace without a clear one.
    pub fn add(&mut self, offset: f64, onset: Option<Onset>) {
        match onset {
            Some(onset) => self.picks.push([offset, onset.time]),
            None => self.unclear += 1,
        }
    }

    /// How many traces were picked, and how many had no clear first break.
    #[must_use]
    pub fn counts(&self) -> [usize; 2] {
        [self.picks.len(), self.unclear]
    }

    /// All picks, `[offset in m, time in s]`.
    #[must_use]
    pub fn picks(&self) -> &[[f64; 2]] {
        &self.picks
    }

    /// The median time in s of each interval of offset in m that has picks, `[offset, time]`, in the order of the offset. Picks
    /// of single traces that went wrong do not matter to it.
    #[must_use]
    pub fn medians(&self) -> Vec<[f64; 2]> {
        let ends = |[low, high]: [f64; 2], pick: &[f64; 2]| [low.min(pick[0]), high.max(pick[0])];
        let [low, high] = self.picks.iter().fold([f64::INFINITY, f64::NEG_INFINITY], ends);
        let width = (high - low) / INTERVALS as f64;
        let mut sets = vec![(Vec::new(), Vec::new()); INTERVALS];
        for [offset, time] in &self.picks {
            let place = if width > 0.0 { ((offset - low) / width) as usize } else { 0 };
            let (offsets, times) = &mut sets[place.min(INTERVALS - 1)];
            offsets.push(*offset);
            times.push(*time);
        }
        let filled = sets.into_iter().filter(|(offsets, _)| !offsets.is_empty());
        filled.map(|(offsets, times)| [median(offsets), median(times)]).collect()
    }

    /// Apparent velocities in up to five ranges of offset; empty for fewer than four medians.
    #[must_use]
    pub fn apparent_velocities(&self) -> Vec<ApparentVelocity> {
        apparent::velocities(&self.medians(), &self.picks)
    }

    /// The diving wave that explains the picks best; `None` if there are too few of them, or at too few offsets.
    #[must_use]
    pub fn diving_wave(&self) -> Option<DivingWave> {
        let [picked, unclear] = self.counts();
        if picked < FEWEST || 10 * picked < unclear {
            return None;
        }
        let medians = self.medians();
        (medians.len() >= 4).then(|| DivingWave::fit(&medians, self.period, self.slowest))
    }

    /// A straight line below the picks, `[time at offset 0 in s, apparent velocity in m/s]`: nothing arrives before it. `None` if
    /// times do not grow with the offset.
    ///
    /// First breaks of waves in a velocity that grows with depth are a curve that is bent downwards, so that the line through its
    /// ends is below it. It is moved down where picks are earlier.
    #[must_use]
    pub fn line_below(&self) -> Option<[f64; 2]> {
        let medians = self.medians();
        let ([near, early], [far, late]) = (*medians.first()?, *medians.last()?);
        let slowness = (late - early) / (far - near);
        if !(slowness > 1e-5 && slowness < 1.0) {
            return None;
        }
        let below =
            medians.iter().map(|[offset, time]| time - slowness * offset).fold(f64::INFINITY, f64::min);
        Some([below, 1.0 / slowness])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(time: impl Fn(f64) -> f64) -> FirstBreaks {
        let mut breaks = FirstBreaks::new(0.1, LAND);
        for i in 0..400 {
            let offset = 50.0 + 12.5 * f64::from(i);
            // One in ten picks is wrong by seconds.
            let wrong = if i % 10 == 3 { 2.5 } else { 0.0 };
            breaks.add(offset, Some(Onset { time: time(offset) + wrong, ratio: 100.0 }));
        }
        breaks
    }

    #[test]
    fn wrong_picks_do_not_matter() {
        let breaks = breaks(|offset| 0.1 + offset / 2000.0);
        let worst = breaks.medians().iter().map(|[x, t]| (t - 0.1 - x / 2000.0).abs()).fold(0.0, f64::max);
        assert!(worst < 0.01, "{worst}");
        let [time, velocity] = breaks.line_below().unwrap();
        assert!((velocity - 2000.0).abs() < 20.0 && (time - 0.1).abs() < 0.01, "{time} {velocity}");
    }

    #[test]
    fn a_gradient_is_found_again() {
        let exact = DivingWave { top: 1600.0, growth: 0.7, delay: 0.15, error: 0.0 };
        let found = breaks(|offset| exact.time(offset)).diving_wave().unwrap();
        assert!((found.top - 1600.0).abs() < 60.0, "{found:?}");
        assert!((found.growth - 0.7).abs() < 0.1, "{found:?}");
        assert!(found.error < 0.01, "{found:?}");
    }

    #[test]
    fn a_direct_wave_has_no_gradient() {
        let found = breaks(|offset| 0.05 + offset / 1500.0).diving_wave().unwrap();
        assert!((found.top - 1500.0).abs() < 30.0 && found.growth < 0.02, "{found:?}");
    }

    #[test]
    fn few_picks_say_nothing() {
        let mut breaks = FirstBreaks::new(0.1, LAND);
        breaks.add(100.0, None);
        breaks.add(200.0, Some(Onset { time: 0.1, ratio: 10.0 }));
        assert_eq!((breaks.diving_wave(), breaks.counts()), (None, [1, 1]));
        assert_eq!(FirstBreaks::new(0.1, LAND).line_below(), None);
    }
}
