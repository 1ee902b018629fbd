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
    /// The histogram of offsets in m; `None` without any.
    #[must_use]
    pub fn of(offsets: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let ends = offsets.clone().fold(None, |ends: Option<[f64; 2]>, offset| {
            let [low, high] = ends.unwrap_or([offset; 2]);
            Some([low.min(offset), high.max(offset)])
        });
        let [low, high] = ends?;
        let width = if high > low { (high - low) / INTERVALS as f64 } else { 1.0 };
        let mut counts = vec![0; if high > low { INTERVALS } else { 1 }];
        let last = counts.len() - 1;
        for offset in offsets {
            counts[(((offset - low) / width) as usize).min(last)] += 1;
        }
        Some(Self { start: low, width, counts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_is_counted_once() {
        let offsets: Vec<f64> = (0..1000).map(|i| 100.0 + f64::from(i)).collect();
        let histogram = OffsetHistogram::of(offsets.iter().copied()).unwrap();
        assert_eq!(histogram.counts.iter().sum::<usize>(), 1000);
        assert!(histogram.counts.iter().all(|count| (24..=26).contains(count)), "{histogram:?}");
        assert_eq!(OffsetHistogram::of([5.0; 3].into_iter()).unwrap().counts, [3]);
        assert_eq!(OffsetHistogram::of(std::iter::empty()), None);
    }
}
