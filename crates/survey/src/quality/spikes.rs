//! Spikes: samples that no wave explains.

use super::sums;

/// Periods on either side of a sample that it is compared with.
const AROUND: f64 = 2.0;
/// The largest amplitude two samples beside a spike, as a share of it.
const SUPPORT: f64 = 0.3;
/// Samples beside a spike that belong to it.
const OWN: usize = 1;

/// The largest sample without support over the RMS of two periods on either side; 0 without any.
///
/// A sample has support if a sample two places beside it has 30 % of its amplitude: waves of three samples a period or more do.
/// Samples below the RMS of the trace are no spikes.
pub(super) fn largest(trace: &[f32], dt: f64, period: f64) -> f64 {
    let reach = ((AROUND * period / dt).round() as usize).max(8);
    let rms = (sums::energy(trace) / trace.len().max(1) as f64).sqrt();
    if !(rms > 0.0 && rms.is_finite()) {
        return 0.0;
    }
    let mut largest = 0.0;
    for (i, sample) in trace.iter().enumerate() {
        let size = f64::from(sample.abs());
        if size <= rms {
            continue;
        }
        let supports = |j: Option<usize>| {
            let beside = j.and_then(|j| trace.get(j)).map_or(0.0, |v| f64::from(v.abs()));
            beside >= SUPPORT * size
        };
        if supports(i.checked_sub(OWN + 1)) || supports(Some(i + OWN + 1)) {
            continue;
        }
        let near = |a: usize, b: usize| trace.get(a..b).unwrap_or(&[]);
        let before = near(i.saturating_sub(reach), i.saturating_sub(OWN));
        let after = near(i + OWN + 1, (i + OWN + 1 + reach).min(trace.len()));
        let count = before.len() + after.len();
        let sum = sums::energy(before) + sums::energy(after);
        // Silence on both sides leaves the whole trace to compare with.
        let around = (sum / count.max(1) as f64).sqrt().max(1e-3 * rms);
        largest = f64::max(largest, size / around);
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::super::made::{DT, PERIOD, noisy, wave};
    use super::*;

    #[test]
    fn spikes_are_found_and_waves_are_not() {
        let threshold = super::super::Defect::Spikes.threshold();
        for noise in [0.0, 0.05, 0.2] {
            for seed in 0..20 {
                let whole = noisy(&wave(0.5), noise, seed);
                let found = largest(&whole, DT, PERIOD);
                assert!(found <= threshold, "{noise} {seed}: {found}");
                let mut spiky = whole.clone();
                spiky[420 + seed as usize] += 3.0;
                assert!(largest(&spiky, DT, PERIOD) > threshold, "{noise} {seed}");
            }
        }
        assert_eq!(largest(&[0.0; 9], DT, PERIOD), 0.0);
        assert_eq!(largest(&[f32::NAN; 9], DT, PERIOD), 0.0);
    }
}
