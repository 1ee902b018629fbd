//! Fold: how many traces have their midpoint in each bin.

use std::collections::BTreeMap;

use fd::Point;

use crate::median::median;

/// The most bins along an axis.
const MOST: f64 = 400.0;
/// The most bins along an axis of a map.
const MOST_ON_MAP: f64 = 80.0;

/// Counts of midpoints in bins along x; in a volume also along y.
///
/// # Shapes
/// `counts` `[y, x]`; in a section there is one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The edge of the first bin along x and y in m.
    pub start: [f64; 2],
    /// The width of a bin in m.
    pub width: f64,
    /// Bins along x and y.
    pub shape: [usize; 2],
    /// Midpoints in each bin.
    pub counts: Vec<usize>,
}

impl Fold {
    /// The fold of pairs of a source and a receiver. The width of a bin is half the median distance of neighbouring receivers, or
    /// more where that would be many bins; `None` without pairs.
    #[must_use]
    pub fn of(pairs: &[[Point; 2]], volume: bool) -> Option<Self> {
        let middle = |[a, b]: &[Point; 2]| [0.5 * (a.x() + b.x()), 0.5 * (a.y() + b.y())];
        let ends = |axis: usize| {
            let along = pairs.iter().map(|pair| middle(pair)[axis]);
            along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)])
        };
        if pairs.is_empty() {
            return None;
        }
        let ([x0, x1], [y0, y1]) = (ends(0), ends(1));
        let steps: Vec<f64> = pairs
            .windows(2)
            .filter(|pair| pair[0][0] == pair[1][0])
            .map(|pair| (pair[1][1].x() - pair[0][1].x()).hypot(pair[1][1].y() - pair[0][1].y()))
            .filter(|step| *step > 0.0)
            .collect();
        let extent = (x1 - x0).max(if volume { y1 - y0 } else { 0.0 });
        let half = 0.5 * if steps.is_empty() { extent } else { median(steps) };
        let width = half.max(extent / if volume { MOST_ON_MAP } else { MOST });
        let width = if width > 0.0 && width.is_finite() { width } else { 1.0 };
        // Midpoints of a regular survey are in the middle of the bins.
        let start = [x0 - 0.5 * width, y0 - 0.5 * width];
        let bin = |value: f64, axis: usize| ((value - start[axis]) / width).floor().max(0.0) as usize;
        let mut found: BTreeMap<[usize; 2], usize> = BTreeMap::new();
        for pair in pairs {
            let [x, y] = middle(pair);
            *found.entry([if volume { bin(y, 1) } else { 0 }, bin(x, 0)]).or_default() += 1;
        }
        let most = |axis: usize| found.keys().map(|key| key[axis]).max().unwrap_or(0) + 1;
        let shape = [most(1), most(0)];
        let mut counts = vec![0; shape[0] * shape[1]];
        for ([row, column], count) in found {
            counts[row * shape[0] + column] = count;
        }
        Some(Self { start, width, shape, counts })
    }

    /// The largest and the median fold of bins with traces.
    #[must_use]
    pub fn largest_and_median(&self) -> [usize; 2] {
        let filled: Vec<f64> =
            self.counts.iter().filter(|count| **count > 0).map(|count| *count as f64).collect();
        [self.counts.iter().copied().max().unwrap_or(0), median(filled).round() as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair is counted once, and the fold of a regular line inside is receivers times their step over twice the step of shots.
    #[test]
    fn a_regular_line() {
        let pairs: Vec<[Point; 2]> = (0..40)
            .flat_map(|shot| {
                let source = 50.0 * f64::from(shot);
                let to =
                    move |k: i32| [[source, 0.0].into(), [source + 100.0 + 25.0 * f64::from(k), 0.0].into()];
                (0..24).map(to)
            })
            .collect();
        let fold = Fold::of(&pairs, false).unwrap();
        assert_eq!(fold.counts.iter().sum::<usize>(), pairs.len());
        assert_eq!((fold.width, fold.shape[1]), (12.5, 1));
        assert_eq!(fold.largest_and_median(), [6, 6]);
        assert_eq!(Fold::of(&[], false), None);
        let one = Fold::of(&pairs[..1], false).unwrap();
        assert_eq!(one.counts, [1]);
    }

    #[test]
    fn a_volume_has_rows_and_columns() {
        let at = |x: f64, y: f64| Point::from([x, y, 0.0]);
        let pairs: Vec<[Point; 2]> = (0..6)
            .flat_map(|i| (0..4).map(move |j| [at(0.0, 0.0), at(20.0 * f64::from(i), 20.0 * f64::from(j))]))
            .collect();
        let fold = Fold::of(&pairs, true).unwrap();
        assert_eq!((fold.shape, fold.width), ([6, 4], 10.0));
        assert!(fold.counts.iter().all(|count| *count == 1));
    }
}
