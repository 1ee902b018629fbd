//! Clipped traces: peaks that end at one value.

use super::sums;

/// The shortest run of equal samples that counts.
const RUN: usize = 3;
/// The slope beside a run over the smallest difference of neighbouring samples, beyond which the run is no rounded peak.
const STEEP: f32 = 4.0;

/// How many samples are cut off: those at the largest or the smallest value that are in runs of three or more, where the samples
/// beside the run rise to it by more than four times the smallest step of the trace.
///
/// Samples that are rounded, to whole numbers for example, have equal ones at a flat peak, too; there the slope is small.
pub(super) fn samples(trace: &[f32]) -> usize {
    let [least, most] = sums::range(trace);
    if most <= least || !(most - least).is_finite() {
        return 0;
    }
    // Traces without such a run, which are nearly all, need no more.
    let runs = |value: f32| trace.windows(RUN).any(|near| near.iter().all(|sample| *sample == value));
    if !runs(most) && !runs(least) {
        return 0;
    }
    let steps = trace.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|step| *step > 0.0);
    let steep = STEEP * steps.fold(f32::INFINITY, f32::min);
    let mut count = 0;
    let mut start = 0;
    while start < trace.len() {
        let value = trace[start];
        let end = start + trace[start..].iter().take_while(|sample| **sample == value).count();
        // Zeros before or after a record are none of its peaks.
        let peak = (value == most || value == least) && value != 0.0 && end - start >= RUN;
        let slope = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) if a < trace.len() && b < trace.len() => (trace[a] - trace[b]).abs(),
            _ => 0.0,
        };
        if peak {
            let before = slope(start.checked_sub(1), start.checked_sub(2));
            if before.max(slope(Some(end), Some(end + 1))) > steep {
                count += end - start;
            }
        }
        start = end;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::super::made::{noisy, wave};
    use super::*;

    fn threshold() -> usize {
        super::super::Defect::Clipped.threshold() as usize
    }

    #[test]
    fn clipped_waves_are_found_at_any_noise() {
        for noise in [0.0, 0.05, 0.2] {
            let whole = noisy(&wave(0.5), noise, 7);
            assert!(samples(&whole) <= threshold(), "{noise}");
            let most = whole.iter().fold(0.0_f32, |a, v| a.max(v.abs()));
            let cut: Vec<f32> = whole.iter().map(|v| v.clamp(-0.5 * most, 0.5 * most)).collect();
            assert!(samples(&cut) > threshold(), "{noise}: {}", samples(&cut));
        }
    }

    /// Waves that are rounded to few levels have flat peaks, which are no clipping.
    #[test]
    fn rounded_waves_are_not_clipped() {
        for levels in [3.0, 10.0, 100.0, 30_000.0] {
            for noise in [0.0, 0.05, 0.2] {
                let rounded: Vec<f32> =
                    noisy(&wave(0.5), noise, 3).iter().map(|v| (levels * v).round()).collect();
                assert!(samples(&rounded) <= threshold(), "{levels} {noise}: {}", samples(&rounded));
            }
        }
    }

    #[test]
    fn constant_and_broken_traces() {
        assert_eq!(samples(&[0.0; 50]), 0);
        assert_eq!(samples(&[f32::NAN; 50]), 0);
        assert_eq!(samples(&[]), 0);
        assert_eq!(samples(&[0.0, 1.0, f32::INFINITY]), 0);
    }
}
