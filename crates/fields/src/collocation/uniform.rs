//! Uniform points.

use rand::SeedableRng;

use crate::region::{Point, Region};
use crate::sampler::Collocation;
use rand::rngs::StdRng;

/// Name in scenarios.
pub const NAME: &str = "uniform";

/// Independent uniform points in a box, optionally without an inner box.
#[derive(Debug, Clone)]
pub struct Uniform {
    region: Region,
    without: Option<Region>,
    rng: StdRng,
}

impl Uniform {
    /// A sampler for this box.
    #[must_use]
    pub fn new(region: Region, seed: u64) -> Self {
        Self { region, without: None, rng: StdRng::seed_from_u64(seed) }
    }

    /// The same without the points of another box, which must not cover this one.
    #[must_use]
    pub fn without(self, other: Region) -> Self {
        Self { without: Some(other), ..self }
    }
}

impl Collocation for Uniform {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sample(&mut self, count: usize) -> Vec<Point> {
        let outside = |point: &Point| self.without.is_none_or(|other| !other.contains(*point));
        std::iter::repeat_with(|| self.region.draw(&mut self.rng)).filter(outside).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of a uniform law, within five standard errors: sigma / sqrt(n) and, for the variance,
    /// sigma^2 sqrt(0.8 / n).
    #[test]
    fn mean_and_variance() {
        let n = 20_000;
        let points = Uniform::new(Region::new([-1.0, 0.0], [1.0, 4.0]).unwrap(), 9).sample(n);
        for (axis, low, high) in [(0, -1.0, 1.0), (1, 0.0, 4.0)] {
            let mean = points.iter().map(|p| p[axis]).sum::<f64>() / n as f64;
            let variance = points.iter().map(|p| (p[axis] - mean).powi(2)).sum::<f64>() / n as f64;
            let exact: f64 = (high - low) * (high - low) / 12.0;
            assert!((mean - (low + high) / 2.0).abs() < 5.0 * (exact / n as f64).sqrt());
            assert!((variance - exact).abs() < 5.0 * exact * (0.8 / n as f64).sqrt());
        }
    }
}
