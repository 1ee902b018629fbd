//! Round numbers for axes.

/// About `about` multiples of 1, 2 or 5 times a power of ten, from `lo` to `hi`, and their distance.
fn linear(lo: f64, hi: f64, about: usize) -> (Vec<f64>, f64) {
    let raw = (hi - lo) / about.max(1) as f64;
    if !(raw.is_finite() && raw > 0.0) {
        return (vec![lo], 1.0);
    }
    let power = 10f64.powf(raw.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|s| s * power).find(|s| *s >= 0.999 * raw).unwrap_or(raw);
    let first = (lo / step - 1e-9).ceil() as i64;
    let last = (hi / step + 1e-9).floor() as i64;
    ((first..=last).map(|i| i as f64 * step).collect(), step)
}

/// Round numbers for an axis: about `about` of them, and at least three.
pub fn axis(lo: f64, hi: f64, about: usize) -> (Vec<f64>, f64) {
    let enough =
        (about.max(3)..about.max(3) + 8).map(|n| linear(lo, hi, n)).find(|(values, _)| values.len() >= 3);
    enough.unwrap_or_else(|| linear(lo, hi, about))
}

/// Round numbers for a logarithmic axis between two positive numbers: powers of ten, or where there are fewer than three,
/// round numbers between them.
pub fn logarithmic(lo: f64, hi: f64) -> Vec<f64> {
    let powers = decades(lo, hi);
    if powers.len() >= 3 {
        return powers;
    }
    let (first, last) = (lo.log10().floor() as i32, hi.log10().ceil() as i32);
    for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0]] {
        let all = (first..=last).flat_map(|e| factors.iter().map(move |factor| factor * 10f64.powi(e)));
        let shown: Vec<f64> = all.filter(|v| (lo * (1.0 - 1e-9)..=hi * (1.0 + 1e-9)).contains(v)).collect();
        if shown.len() >= 3 {
            return shown;
        }
    }
    axis(lo, hi, 4).0
}

/// Powers of ten from `lo` to `hi`, both positive, thinned to at most six.
fn decades(lo: f64, hi: f64) -> Vec<f64> {
    let first = (lo.log10() - 1e-9).ceil() as i32;
    let last = (hi.log10() + 1e-9).floor() as i32;
    let every = ((last - first) / 6 + 1).max(1) as usize;
    (first..=last).step_by(every).map(|e| 10f64.powi(e)).collect()
}

/// A number with as many decimals as its neighbours at `step` need, with a true minus sign. Labels that would be long are written
/// with a power of ten.
pub fn label(value: f64, step: f64) -> String {
    let decimals = (-step.log10() - 1e-9).ceil().clamp(0.0, 99.0) as usize;
    let value = if value.abs() < 1e-9 * step { 0.0 } else { value };
    if value == 0.0 && (decimals > 4 || step >= 1e5) {
        return "0".to_owned();
    }
    if decimals > 4 || step >= 1e5 {
        let exponent = (value.abs().log10() + 1e-9).floor() as i32;
        let digits = (exponent + decimals as i32).clamp(0, 6) as usize;
        let digits =
            if step >= 1e5 { (exponent - step.log10().floor() as i32).max(0) as usize } else { digits };
        let factor = format!("{:.digits$}", value.abs() / 10f64.powi(exponent));
        let factor = if digits > 0 { factor.trim_end_matches('0').trim_end_matches('.') } else { &factor };
        let sign = if value < 0.0 { "\u{2212}" } else { "" };
        return format!("{sign}{}", times_power(factor, exponent));
    }
    format!("{value:.decimals$}").replace('-', "\u{2212}")
}

/// "2×10⁻⁵"; a factor of 1 is left out.
pub fn times_power(factor: &str, exponent: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = exponent.abs().to_string();
    let raised: String = digits.bytes().map(|d| RAISED[usize::from(d - b'0')]).collect();
    let factor = if factor == "1" { String::new() } else { format!("{factor}×") };
    format!("{factor}10{}{raised}", if exponent < 0 { "⁻" } else { "" })
}

/// A number with `digits` significant digits, in scientific notation only when that is shorter.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    // The exponent after rounding: 0.9999 with two digits is 1.0, not 1.00.
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if !(-3..6).contains(&exponent) {
        return scientific.replace('-', "\u{2212}");
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    format!("{value:.decimals$}").replace('-', "\u{2212}")
}

/// A number with at most six digits, and no zeros at its end when printed.
pub fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(linear(-1000.0, 1000.0, 5).0, [-1000.0, -500.0, 0.0, 500.0, 1000.0]);
        assert_eq!(linear(1480.0, 2103.0, 4).0, [1600.0, 1800.0, 2000.0]);
        assert_eq!(linear(3.0, 3.0, 4).0, [3.0]);
        assert_eq!(decades(0.02, 3.0), [0.1, 1.0]);
        assert_eq!(decades(1e-12, 1.0).len(), 5);
    }

    /// However an axis lies, it has three numbers at least, none beyond its ends.
    #[test]
    fn an_axis_has_three_numbers() {
        for k in 0..300 {
            let (lo, length) = (-700.0 + 13.7 * f64::from(k), 3.1 * 1.07f64.powi(k % 150));
            for about in [0, 1, 2, 3, 5, 9] {
                let (values, _) = axis(lo, lo + length, about);
                assert!((3..=12).contains(&values.len()), "{lo} + {length}, about {about}: {values:?}");
                let room = 1e-6 * length;
                assert!(values.iter().all(|v| lo - room <= *v && *v <= lo + length + room), "{values:?}");
            }
        }
        assert_eq!(axis(5.0, 5.0, 4).0, [5.0]);
    }

    #[test]
    fn labels_have_the_decimals_they_need() {
        assert_eq!(label(-0.2, 0.1), "\u{2212}0.2");
        assert_eq!(label(1500.0, 500.0), "1500");
        assert_eq!(label(-1e-17, 0.1), "0.0");
        assert_eq!(label(0.25, 0.05), "0.25");
        assert_eq!([label(1e-4, 1e-4), label(150_000.0, 50_000.0)], ["0.0001", "150000"]);
        assert_eq!([label(2e-5, 1e-5), label(-1.5e-6, 5e-7)], ["2×10⁻⁵", "\u{2212}1.5×10⁻⁶"]);
        assert_eq!([label(-1e6, 1e6), label(1.2e6, 2e5)], ["\u{2212}10⁶", "1.2×10⁶"]);
        assert_eq!([label(0.0, 1e6), label(1e-20, 1e-6)], ["0", "0"]);
        assert_eq!(
            [significant(0.027_43, 3), significant(1998.4, 3), significant(1e-7, 2)],
            ["0.0274", "1998", "1.0e\u{2212}7"]
        );
        assert_eq!([significant(0.9999, 2), significant(99.96, 3)], ["1.0", "100"]);
    }
}
