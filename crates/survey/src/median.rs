//! The median.

/// The median of numbers; NaN without any.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let (middle, even) = (values.len() / 2, values.len().is_multiple_of(2));
    let (below, value, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let value = *value;
    // In the order of `total_cmp`, so that NaN is where sorting has it.
    let before = below.iter().copied().max_by(f64::total_cmp).filter(|_| even);
    before.map_or(value, |before| 0.5 * (before + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert_eq!(median(vec![9.0, 4.0, 1.0, 2.0, 8.0, 3.0]), 3.5);
        assert!(median(Vec::new()).is_nan());
    }
}
