//! Mean, spread and best of repeated members.

use super::metric::Better;

/// The values of one metric for the repetitions of one member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistic {
    /// Number of values.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their sample standard deviation, with `count - 1` in the denominator; 0 for one value.
    pub spread: f64,
    /// The best value, if one is better than another.
    pub best: Option<f64>,
}

impl Statistic {
    /// The statistic of some values; `None` if there are no values. A value that is not finite makes mean and spread not finite.
    pub fn of(values: impl Iterator<Item = f64>, better: Better) -> Option<Statistic> {
        let values: Vec<f64> = values.collect();
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let spread = if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 };
        let costs = values.iter().filter_map(|v| Some((*v, better.cost(*v)?)));
        let best = costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(value, _)| value);
        Some(Statistic { count, mean, spread, best })
    }

    /// Whether the values differ. Those of a count, such as the number of parameters, usually do not.
    pub(super) fn varies(&self) -> bool {
        self.spread != 0.0
    }
}
