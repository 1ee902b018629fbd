//! First breaks of neighbouring traces as a straight line.

use crate::median::median;

/// A straight line of times along a spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    slope: f64,
    start: f64,
}

impl Line {
    /// The line whose slope is the median of those between all pairs of points, so that single wrong picks do not matter; `None` without
    /// points. Points are `[m, s]`.
    ///
    /// # Source
    /// Sen, Journal of the American Statistical Association 63 (1968), 1379-1389.
    pub(super) fn through(points: &[[f64; 2]]) -> Option<Self> {
        let pairs = (0..points.len()).flat_map(|i| (0..i).map(move |j| [points[i], points[j]]));
        let slopes: Vec<f64> =
            pairs.map(|[a, b]| (a[1] - b[1]) / (a[0] - b[0])).filter(|slope| slope.is_finite()).collect();
        let slope = if slopes.is_empty() { 0.0 } else { median(slopes) };
        let start = median(points.iter().map(|[x, t]| t - slope * x).collect());
        start.is_finite().then_some(Self { slope, start })
    }

    /// The time in s at a place in m.
    pub(super) fn at(&self, x: f64) -> f64 {
        self.start + self.slope * x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_picks_do_not_matter() {
        let points: Vec<[f64; 2]> =
            (0..9).map(|k| [f64::from(k), if k % 4 == 1 { 7.0 } else { 0.2 + 0.5 * f64::from(k) }]).collect();
        let line = Line::through(&points).unwrap();
        assert!((line.at(3.0) - 1.7).abs() < 1e-9, "{line:?}");
        assert_eq!(Line::through(&[]), None);
        assert_eq!(Line::through(&[[1.0, 2.0]; 3]).unwrap().at(5.0), 2.0);
    }
}
