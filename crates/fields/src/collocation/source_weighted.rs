//! Uniform points with fixed points and dense discs around the sources, as in the SIREN paper's inversion.

use std::f64::consts::TAU;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::error::FieldsError;
use crate::region::{Point, Region};
use crate::sampler::Collocation;

/// Name in scenarios.
pub const NAME: &str = "source_weighted";

/// First the fixed points (receivers), then points uniform in discs around the sources, the same number for
/// each source, then uniform points in the box.
///
/// # Source
/// Sitzmann et al., NeurIPS 2020, reference code of the inversion: of 13 225 points per step 30 are the receivers
/// and 500 lie in discs of radius 0.05 around five sources.
#[derive(Debug, Clone)]
pub struct SourceWeighted {
    region: Region,
    sources: Vec<Point>,
    fixed: Vec<Point>,
    radius: f64,
    in_discs: usize,
    rng: StdRng,
}

impl SourceWeighted {
    /// A sampler with `in_discs` points in discs of this radius (in the unit of the points) around the sources.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] if the radius is not positive or a source lies outside the box.
    pub fn new(
        region: Region,
        sources: Vec<Point>,
        fixed: Vec<Point>,
        radius: f64,
        in_discs: usize,
        seed: u64,
    ) -> Result<Self, FieldsError> {
        if !(radius.is_finite() && radius > 0.0) {
            let expected = "a positive number";
            return Err(FieldsError::Collocation { what: "disc radius", found: radius, expected });
        }
        if let Some(outside) = sources.iter().position(|source| !region.contains(*source)) {
            let (what, expected) = ("index of a source outside the box", "none");
            return Err(FieldsError::Collocation { what, found: outside as f64, expected });
        }
        Ok(Self { region, sources, fixed, radius, in_discs, rng: StdRng::seed_from_u64(seed) })
    }

    /// Number of leading points of every sample that are the fixed ones.
    #[must_use]
    pub fn fixed(&self) -> usize {
        self.fixed.len()
    }

    /// Number of points after the fixed ones that lie in discs.
    #[must_use]
    pub fn in_discs(&self) -> usize {
        if self.sources.is_empty() { 0 } else { self.in_discs }
    }
}

impl Collocation for SourceWeighted {
    fn name(&self) -> &'static str {
        NAME
    }

    fn sample(&mut self, count: usize) -> Vec<Point> {
        let mut points: Vec<Point> = self.fixed.iter().copied().take(count).collect();
        let discs = self.in_discs().min(count - points.len());
        for i in 0..discs {
            // Consecutive points belong to one source.
            let source = self.sources[i * self.sources.len() / discs];
            let (r, angle) = (self.radius * self.rng.random::<f64>().sqrt(), TAU * self.rng.random::<f64>());
            points.push(self.region.clamp([source[0] + r * angle.cos(), source[1] + r * angle.sin()]));
        }
        while points.len() < count {
            points.push(self.region.draw(&mut self.rng));
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SIREN paper's inversion: the receivers first, 100 points in each disc, uniform there (mean of r^2 is R^2 / 2), the rest
    /// uniform: a disc of radius 0.4 holds its share of the area within five standard errors.
    #[test]
    fn the_card() {
        let region = Region::new([-1.0, -1.0], [1.0, 1.0]).unwrap();
        let sources: Vec<Point> = (0..5).map(|i| [0.17 * (f64::from(i) - 2.0), -0.35]).collect();
        let receivers: Vec<Point> = (0..30).map(|i| [0.02 * f64::from(i) - 0.3, 0.4]).collect();
        let mut sampler =
            SourceWeighted::new(region, sources.clone(), receivers.clone(), 0.05, 500, 4).unwrap();
        let points = sampler.sample(13_225);
        assert_eq!(points[..30], receivers);
        let mut square = 0.0;
        for (i, point) in points[30..530].iter().enumerate() {
            let source = sources[i / 100];
            let r2 = (point[0] - source[0]).powi(2) + (point[1] - source[1]).powi(2);
            assert!(r2 <= 0.0025 * (1.0 + 1e-12));
            square += r2 / 500.0;
        }
        // r^2 is uniform on [0, R^2]: standard error R^2 / sqrt(12 * 500).
        assert!((square - 0.00125).abs() < 5.0 * 0.0025 / 6000f64.sqrt(), "{square}");
        let share = std::f64::consts::PI * 0.16 / 4.0;
        let rest = &points[530..];
        let inside = rest.iter().filter(|p| p[0] * p[0] + p[1] * p[1] < 0.16).count() as f64;
        let n = rest.len() as f64;
        assert!((inside / n - share).abs() < 5.0 * (share * (1.0 - share) / n).sqrt());
    }

    #[test]
    fn few_points_are_the_fixed_ones() {
        let region = Region::new([0.0, 0.0], [1.0, 1.0]).unwrap();
        let fixed = vec![[0.5, 0.5]; 4];
        let mut sampler = SourceWeighted::new(region, vec![[0.1, 0.1]], fixed, 0.05, 3, 0).unwrap();
        assert_eq!(sampler.sample(2).len(), 2);
        assert_eq!(sampler.sample(5)[..4], [[0.5, 0.5]; 4]);
    }

    #[test]
    fn sources_outside_are_refused() {
        let region = Region::new([0.0, 0.0], [1.0, 1.0]).unwrap();
        let error =
            SourceWeighted::new(region, vec![[0.1, 0.1], [2.0, 0.0]], vec![], 0.05, 3, 0).unwrap_err();
        let text = error.to_string();
        assert_eq!(text, "collocation: index of a source outside the box is 1, expected none");
    }
}
