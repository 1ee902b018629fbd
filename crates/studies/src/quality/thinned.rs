//! Fewer points for a figure.

/// At most so many of the points, at equal distances in their list.
pub(super) fn thinned<T: Copy>(points: &[T], most: usize) -> Vec<T> {
    points.iter().copied().step_by(points.len().div_ceil(most).max(1)).collect()
}

/// Counts in equal intervals as the line of a histogram.
pub(super) fn steps(start: f64, width: f64, counts: &[usize]) -> Vec<[f64; 2]> {
    let bar = |(k, count): (usize, &usize)| {
        let [from, to] = [k, k + 1].map(|k| start + k as f64 * width);
        [[from, *count as f64], [to, *count as f64]]
    };
    let end = start + counts.len() as f64 * width;
    let bars = counts.iter().enumerate().flat_map(bar);
    [[start, 0.0]].into_iter().chain(bars).chain([[end, 0.0]]).collect()
}
