//! Traces with a constant: a mean that is not zero.

use super::sums;

/// Periods of a record whose mean says something.
const PERIODS: f64 = 10.0;

/// The magnitude of the mean over the RMS about it; 0 for records that are shorter than ten periods.
pub(super) fn share(trace: &[f32], dt: f64, period: f64) -> f64 {
    // Zeros before a late record are none of its samples.
    let first = trace.iter().position(|sample| *sample != 0.0).unwrap_or(trace.len());
    let trace = &trace[first..];
    if (trace.len() as f64 * dt) < PERIODS * period {
        return 0.0;
    }
    let count = trace.len() as f64;
    let mean = sums::sum(trace, |v| v) / count;
    let rms = (sums::sum(trace, |v| (v - mean).powi(2)) / count).sqrt();
    if mean == 0.0 { 0.0 } else { mean.abs() / rms }
}

#[cfg(test)]
mod tests {
    use super::super::made::{DT, PERIOD, noisy, wave};
    use super::*;

    #[test]
    fn constants_are_found_and_waves_are_not() {
        let threshold = super::super::Defect::Constant.threshold();
        for noise in [0.0, 0.05, 0.2] {
            let whole = noisy(&wave(0.5), noise, 5);
            assert!(share(&whole, DT, PERIOD) < 0.5 * threshold, "{noise}");
            let shifted: Vec<f32> = whole.iter().map(|v| v - 0.6).collect();
            assert!(share(&shifted, DT, PERIOD) > threshold, "{noise}");
            assert_eq!(share(&shifted[..100], DT, PERIOD), 0.0);
        }
        assert_eq!(share(&[0.0; 900], DT, PERIOD), 0.0);
        assert_eq!(share(&[2.0; 900], DT, PERIOD), f64::INFINITY);
    }
}
