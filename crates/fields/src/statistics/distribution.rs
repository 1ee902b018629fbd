//! The distribution of numbers: moments, range and a histogram.

use rayon::prelude::*;

use super::law::Law;

/// Bins of a histogram.
const BINS: usize = 400;

/// A count of numbers and their distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Number of values.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// Counts in equal bins from `range[0]` to `range[1]`. The first and the last bin also count values beyond them.
    pub histogram: Vec<u64>,
    /// The range of the histogram.
    pub range: [f64; 2],
    squares: f64,
}

impl Default for Distribution {
    fn default() -> Self {
        Self {
            count: 0,
            mean: 0.0,
            deviation: 0.0,
            histogram: vec![0; BINS],
            range: [-1.0, 1.0],
            squares: 0.0,
        }
    }
}

impl Distribution {
    /// An empty distribution whose histogram extends beyond the largest of these values, on both sides of zero.
    pub(super) fn around(values: &[f32]) -> Self {
        let largest = values.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let end = if largest.is_finite() && largest > 0.0 { 1.05 * f64::from(largest) } else { 1.0 };
        Self { range: [-end, end], ..Self::default() }
    }

    /// Adds values.
    pub(super) fn add(&mut self, values: &[f32]) {
        let [low, high] = self.range;
        let scale = BINS as f64 / (high - low);
        let parts = values.par_chunks(1 << 16).map(|values| {
            let (mut sum, mut squares, mut histogram) = (0.0, 0.0, vec![0u64; BINS]);
            for value in values {
                let value = f64::from(*value);
                sum += value;
                squares += value * value;
                // A negative float becomes bin 0.
                histogram[(((value - low) * scale) as usize).min(BINS - 1)] += 1;
            }
            (sum, squares, histogram)
        });
        let mut total = self.mean * self.count as f64;
        for (sum, squares, histogram) in parts.collect::<Vec<_>>() {
            total += sum;
            self.squares += squares;
            self.histogram.iter_mut().zip(histogram).for_each(|(to, from)| *to += from);
        }
        self.count += values.len() as u64;
        let count = self.count.max(1) as f64;
        self.mean = total / count;
        self.deviation = (self.squares / count - self.mean * self.mean).max(0.0).sqrt();
    }

    /// The density in each bin, with its middle.
    #[must_use]
    pub fn density(&self) -> Vec<[f64; 2]> {
        let width = (self.range[1] - self.range[0]) / BINS as f64;
        let share = 1.0 / (self.count.max(1) as f64 * width);
        let middle = |bin: usize| self.range[0] + (bin as f64 + 0.5) * width;
        self.histogram.iter().enumerate().map(|(bin, count)| [middle(bin), *count as f64 * share]).collect()
    }

    /// Kolmogorov-Smirnov distance from the normal law of this mean and deviation, at the edges of the bins.
    #[must_use]
    pub fn distance_from_own_normal(&self) -> f64 {
        if self.deviation == 0.0 {
            return 1.0;
        }
        let width = (self.range[1] - self.range[0]) / BINS as f64;
        let (mut below, mut largest) = (0, 0.0f64);
        for (bin, count) in self.histogram.iter().enumerate().take(BINS - 1) {
            below += count;
            let edge = self.range[0] + (bin + 1) as f64 * width;
            let law = Law::Normal.cdf((edge - self.mean) / self.deviation);
            largest = largest.max((below as f64 / self.count.max(1) as f64 - law).abs());
        }
        largest
    }
}
