//! Points where the residual is large.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::error::FieldsError;
use crate::region::{Point, Region};
use crate::sampler::Collocation;

/// Name in scenarios.
pub const NAME: &str = "residual_weighted";

/// A share of the points is uniform. The others are drawn near observed points with probability proportional to
/// |residual|^exponent.
///
/// A drawn point is moved by up to half the mean spacing of the observed points, so that repeated draws differ.
/// Before [`Collocation::observe`] all points are uniform.
///
/// # Source
/// Wu et al., Computer Methods in Applied Mechanics and Engineering 403 (2023), equation 2 (RAD), with a share of
/// uniform points instead of the additive constant.
#[derive(Debug, Clone)]
pub struct ResidualWeighted {
    region: Region,
    uniform_share: f64,
    exponent: f64,
    /// In single precision, so that a checkpoint can store them, like the weights.
    observed: Vec<[f32; 2]>,
    /// Running sums of the weights.
    cumulative: Vec<f32>,
    rng: StdRng,
}

impl ResidualWeighted {
    /// A sampler that keeps a share (0 to 1) of its points uniform.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] if the share is not within 0 to 1 or the exponent not positive.
    pub fn new(region: Region, uniform_share: f64, exponent: f64, seed: u64) -> Result<Self, FieldsError> {
        if !(0.0..=1.0).contains(&uniform_share) {
            let (what, expected) = ("uniform share", "0 to 1");
            return Err(FieldsError::Collocation { what, found: uniform_share, expected });
        }
        if !(exponent.is_finite() && exponent > 0.0) {
            let (what, expected) = ("exponent of the residual", "a positive number");
            return Err(FieldsError::Collocation { what, found: exponent, expected });
        }
        let rng = StdRng::seed_from_u64(seed);
        Ok(Self { region, uniform_share, exponent, observed: Vec::new(), cumulative: Vec::new(), rng })
    }
}

impl Collocation for ResidualWeighted {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sample(&mut self, count: usize) -> Vec<Point> {
        let total = f64::from(self.cumulative.last().copied().unwrap_or_default());
        let weighted =
            if total > 0.0 { ((1.0 - self.uniform_share) * count as f64).round() as usize } else { 0 };
        let mut points: Vec<Point> = (weighted..count).map(|_| self.region.draw(&mut self.rng)).collect();
        let spread = (1.0 / (self.observed.len().max(1) as f64)).sqrt();
        // Systematic draws: one random offset and equal strides through the cumulative sums. This uses as many random
        // numbers as without observations, so counting the draws is enough to resume.
        let offset = self.rng.random::<f64>();
        for i in 0..weighted {
            let mark = (i as f64 + offset) / weighted as f64 * total;
            let index =
                self.cumulative.partition_point(|sum| f64::from(*sum) <= mark).min(self.observed.len() - 1);
            let moved: Vec<f64> = (0..2)
                .map(|axis| {
                    let reach = spread * (self.region.high[axis] - self.region.low[axis]);
                    f64::from(self.observed[index][axis]) + reach * (self.rng.random::<f64>() - 0.5)
                })
                .collect();
            points.push(self.region.clamp([moved[0], moved[1]]));
        }
        points
    }

    /// Replaces earlier observations. A magnitude that is not finite counts as zero.
    fn observe(&mut self, points: &[Point], magnitudes: &[f64]) {
        let mut sum = 0.0;
        self.observed = points.iter().map(|point| point.map(|c| c as f32)).collect();
        self.cumulative = magnitudes
            .iter()
            .take(points.len())
            .map(|magnitude| {
                let weight = magnitude.abs().powf(self.exponent);
                sum += if weight.is_finite() { weight } else { 0.0 };
                sum as f32
            })
            .collect();
        self.observed.truncate(self.cumulative.len());
    }

    fn memory(&self) -> Vec<f32> {
        self.observed.iter().zip(&self.cumulative).flat_map(|([x, z], sum)| [*x, *z, *sum]).collect()
    }

    fn remember(&mut self, memory: &[f32]) {
        let rows = memory.as_chunks::<3>().0;
        self.observed = rows.iter().map(|[x, z, _]| [*x, *z]).collect();
        self.cumulative = rows.iter().map(|[_, _, sum]| *sum).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collocation::Uniform;

    /// Residual 3 on the left half and 1 on the right: weights to the power p put 3^p / (3^p + 1) of the weighted
    /// points on the left. Systematic draws follow the observed fractions; the jitter across the middle and the draw
    /// of the candidates remain (five standard errors).
    #[test]
    fn shares_follow_the_residual() {
        let region = Region::new([0.0, 0.0], [2.0, 1.0]).unwrap();
        let candidates = Uniform::new(region, 5).sample(4000);
        let magnitudes: Vec<f64> = candidates.iter().map(|p| if p[0] < 1.0 { 3.0 } else { 1.0 }).collect();
        for (exponent, share) in [(1.0, 0.5), (2.0, 0.25)] {
            let mut sampler = ResidualWeighted::new(region, share, exponent, 6).unwrap();
            sampler.observe(&candidates, &magnitudes);
            let points = sampler.sample(8000);
            let left = points.iter().filter(|p| p[0] < 1.0).count() as f64 / 8000.0;
            let weight = 3f64.powf(exponent);
            let exact = share * 0.5 + (1.0 - share) * weight / (weight + 1.0);
            assert!((left - exact).abs() < 0.03, "{left} {exact}");
        }
    }

    /// Without observations, or if all residuals are zero or NaN, points are uniform.
    #[test]
    fn uniform_without_residuals() {
        let region = Region::new([0.0, 0.0], [1.0, 1.0]).unwrap();
        let mut sampler = ResidualWeighted::new(region, 0.2, 1.0, 6).unwrap();
        for magnitude in [0.0, f64::NAN] {
            let points = sampler.sample(4000);
            let left = points.iter().filter(|p| p[0] < 0.5).count() as f64 / 4000.0;
            assert!((left - 0.5).abs() < 5.0 * 0.5 / 4000f64.sqrt());
            sampler.observe(&[[0.1, 0.1]], &[magnitude]);
        }
    }
}
