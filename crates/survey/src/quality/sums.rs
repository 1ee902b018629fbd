//! Sums over the samples of a trace, in several parts at a time: a single sum waits for each addition.

/// The parts.
const PARTS: usize = 8;

/// The sum of what a function makes of each sample.
pub(super) fn sum(trace: &[f32], of: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; PARTS];
    let (parts, rest) = trace.as_chunks::<PARTS>();
    for part in parts {
        for (sum, sample) in sums.iter_mut().zip(part) {
            *sum += of(f64::from(*sample));
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|sample| of(f64::from(*sample))).sum::<f64>()
}

/// The sum of squares.
pub(super) fn energy(trace: &[f32]) -> f64 {
    sum(trace, |v| v * v)
}

/// The sum of products of two windows of the same length.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0; PARTS];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<PARTS>(), b.as_chunks::<PARTS>());
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += f64::from(*a) * f64::from(*b);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| f64::from(*a) * f64::from(*b));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

/// The smallest and the largest sample; infinite without samples. A NaN is left out.
pub(super) fn range(trace: &[f32]) -> [f32; 2] {
    let least = |a: f32, b: f32| if b < a { b } else { a };
    let most = |a: f32, b: f32| if b > a { b } else { a };
    let (mut low, mut high) = ([f32::INFINITY; PARTS], [f32::NEG_INFINITY; PARTS]);
    let (parts, rest) = trace.as_chunks::<PARTS>();
    for part in parts {
        for (k, sample) in part.iter().enumerate() {
            low[k] = least(low[k], *sample);
            high[k] = most(high[k], *sample);
        }
    }
    let all = |parts: [f32; PARTS], of: fn(f32, f32) -> f32, start: f32| {
        parts.into_iter().chain(rest.iter().copied()).fold(start, of)
    };
    [all(low, least, f32::INFINITY), all(high, most, f32::NEG_INFINITY)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers have exact sums, at every length.
    #[test]
    fn sums_in_parts_are_sums() {
        for length in 0..40 {
            let a: Vec<f32> = (0..length).map(|i| ((7 * i) % 11) as f32 - 4.0).collect();
            let b: Vec<f32> = (0..length).map(|i| ((5 * i) % 7) as f32 - 2.0).collect();
            let each =
                |of: fn(f32, f32) -> f32| a.iter().zip(&b).map(|(a, b)| f64::from(of(*a, *b))).sum::<f64>();
            assert_eq!(energy(&a), each(|a, _| a * a));
            assert_eq!(dot(&a, &b), each(|a, b| a * b));
            assert_eq!(sum(&a, |v| v - 1.0), each(|a, _| a - 1.0));
            let ends = a.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[l, h], v| [l.min(*v), h.max(*v)]);
            assert_eq!(range(&a), ends);
        }
        assert_eq!(range(&[f32::NAN, 2.0]), [2.0, 2.0]);
    }
}
