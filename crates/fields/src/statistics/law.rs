//! The theoretical distributions, and the distance of numbers from them.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use rayon::prelude::*;

/// A probability distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// N(0, 1).
    Normal,
    /// The law of sin(X) for a uniform phase X: density 1/(pi sqrt(1 - x^2)) on [-1, 1], deviation 1/sqrt(2).
    Arcsine,
}

impl Law {
    /// The cumulative distribution function at `x`.
    #[must_use]
    pub fn cdf(self, x: f64) -> f64 {
        match self {
            Self::Normal => 0.5 * libm::erfc(-x * FRAC_1_SQRT_2),
            Self::Arcsine => 0.5 + x.clamp(-1.0, 1.0).asin() / PI,
        }
    }

    /// The density at `x`, for plots over a histogram; infinite at the ends of the arcsine law.
    #[must_use]
    pub fn density(self, x: f64) -> f64 {
        match self {
            Self::Normal => (-0.5 * x * x).exp() / (2.0 * PI).sqrt(),
            Self::Arcsine if x.abs() > 1.0 => 0.0,
            Self::Arcsine => 1.0 / (PI * (1.0 - x * x).sqrt()),
        }
    }
}

/// Cells of [0, 1] in which values of the distribution function are counted. A distance is exact to the share in one
/// of them, 2.4e-4 near the law.
const CELLS: usize = 4096;

/// Numbers, counted by the value of the distribution function at each.
pub(super) struct Distance {
    counts: Vec<u64>,
}

impl Distance {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; CELLS] }
    }

    pub(super) fn add(&mut self, law: Law, values: &[f32]) {
        let counted = values.par_chunks(1 << 16).map(|values| {
            let mut counts = vec![0u64; CELLS];
            for value in values {
                let cell = (law.cdf(f64::from(*value)) * CELLS as f64) as usize;
                counts[cell.min(CELLS - 1)] += 1;
            }
            counts
        });
        for counts in counted.collect::<Vec<_>>() {
            self.counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }

    /// The largest distance between the distribution function of the numbers and that of the law.
    pub(super) fn distance(&self) -> f64 {
        let total = self.counts.iter().sum::<u64>().max(1) as f64;
        let mut below = 0;
        let mut largest = 0.0f64;
        for (cell, count) in self.counts.iter().enumerate() {
            below += count;
            largest = largest.max((below as f64 / total - (cell + 1) as f64 / CELLS as f64).abs());
        }
        largest
    }
}
