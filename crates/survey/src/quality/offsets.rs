//! The histogram of offsets.

/// Intervals of a histogram.
const INTERVALS: usize = 40;

/// Counts of offsets in equal intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetHistogram {
    /// The lower end of the first interval in m.
    pub start: f64,
    /// The width of an interval in m.
    pub width: f64,
    /// Traces in each interval.
    pub counts: Vec<usize>,
}

impl OffsetHistogram {
    /// The histogram of offsets in m; `None` without any. Intervals are multiples of a step in m, the distance of receivers, so that each
    /// has as many offsets of a regular survey as the others.
    #[must_use]
    pub fn of(offsets: impl Iterator<Item = f64> + Clone, step: f64) -> Option<Self> {
        let ends = offsets.clone().fold(None, |ends: Option<[f64; 2]>, offset| {
            let [low, high] = ends.unwrap_or([offset; 2]);
            Some([low.min(offset), high.max(offset)])
        });
        let [low, high] = ends?;
        let least = (high - low) / INTERVALS as f64;
        let step = if step > 0.0 && step.is_finite() { step } else { least.max(1.0) };
        let width = step * (least / step).ceil().max(1.0);
        let start = low - 0.5 * step;
        let mut counts = vec![0; ((high - start) / width) as usize + 1];
        let last = counts.len() - 1;
        for offset in offsets {
            counts[(((offset - start) / width) as usize).min(last)] += 1;
        }
        Some(Self { start, width, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_is_counted_once() {
        let offsets: Vec<f64> = (0..1000).map(|i| 100.0 + f64::from(i)).collect();
        let histogram = OffsetHistogram::of(offsets.iter().copied(), 1.0).unwrap();
        assert_eq!(histogram.counts, [25; 40]);
        for step in [0.0, 0.3, 7.0, 1e9, f64::NAN] {
            let histogram = OffsetHistogram::of(offsets.iter().copied(), step).unwrap();
            assert_eq!(histogram.counts.iter().sum::<usize>(), 1000, "{step}");
            assert!(histogram.counts.len() <= INTERVALS + 2, "{step}");
        }
        assert_eq!(OffsetHistogram::of([5.0; 3].into_iter(), 1.0).unwrap().counts, [3]);
        assert_eq!(OffsetHistogram::of(std::iter::empty(), 1.0), None);
    }
}
