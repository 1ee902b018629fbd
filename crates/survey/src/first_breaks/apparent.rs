//! Apparent velocities of first breaks in ranges of offset.

/// The most ranges.
const RANGES: usize = 5;
/// Fewest medians of a range.
const FEWEST: usize = 4;

/// The apparent velocity in a range of offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ApparentVelocity {
    /// The range in m.
    pub offsets: [f64; 2],
    /// In m/s; `None` where times do not grow with the offset.
    pub velocity: Option<f64>,
    /// Picks in the range.
    pub picks: usize,
}

/// Apparent velocities in up to five ranges of offset with as many medians each: one over the slope of a line with the least squared
/// differences from the medians. Medians and picks are `[offset in m, time in s]`.
pub(super) fn velocities(medians: &[[f64; 2]], picks: &[[f64; 2]]) -> Vec<ApparentVelocity> {
    let ranges = (medians.len() / FEWEST).min(RANGES);
    let of = |k: usize| {
        let part = &medians[k * medians.len() / ranges..(k + 1) * medians.len() / ranges];
        let count = part.len() as f64;
        let mean = |axis: usize| part.iter().map(|pair| pair[axis]).sum::<f64>() / count;
        let (x, t) = (mean(0), mean(1));
        let xx: f64 = part.iter().map(|pair| (pair[0] - x).powi(2)).sum();
        let xt: f64 = part.iter().map(|pair| (pair[0] - x) * (pair[1] - t)).sum();
        let velocity = Some(xx / xt).filter(|velocity| velocity.is_finite() && *velocity > 0.0);
        let offsets = [part[0][0], part[part.len() - 1][0]];
        let inside = |pick: &&[f64; 2]| pick[0] >= offsets[0] && pick[0] <= offsets[1];
        ApparentVelocity { offsets, velocity, picks: picks.iter().filter(inside).count() }
    };
    (0..ranges).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two straight branches have their velocities.
    #[test]
    fn two_branches() {
        let time = |x: f64| if x < 1500.0 { x / 1500.0 } else { 1.0 + (x - 1500.0) / 3000.0 };
        let picks: Vec<[f64; 2]> =
            (0..50).map(|i| [80.0 * f64::from(i), time(80.0 * f64::from(i))]).collect();
        let found = velocities(&picks, &picks);
        assert_eq!(found.len(), RANGES);
        let [first, last] = [&found[0], &found[RANGES - 1]].map(|range| range.velocity.unwrap());
        assert!((first - 1500.0).abs() < 1.0 && (last - 3000.0).abs() < 1.0, "{found:?}");
        assert_eq!(found.iter().map(|range| range.picks).sum::<usize>(), 50);
        assert_eq!(velocities(&[], &[]), []);
    }
}
