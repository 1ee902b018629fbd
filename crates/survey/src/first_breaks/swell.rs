//! Removal of noise of long periods before first breaks are picked.

/// The corner of the filter over the dominant frequency.
const CORNER: f64 = 0.3;

/// A high-pass filter that looks at earlier samples only, so that nothing comes before an onset: a Butterworth filter of second order.
///
/// Swell and other noise of long periods changes slowly, so that the energy after a sample may be many times that before it.
///
/// # Source
/// Oppenheim and Schafer, Discrete-Time Signal Processing (2010), section 7.2, bilinear transformation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Swell {
    /// Of the samples.
    gain: f64,
    /// Of the earlier results.
    feedback: [f64; 2],
}

impl Swell {
    /// For traces with `dt` s between samples, whose dominant period is `period` s.
    pub(super) fn new(dt: f64, period: f64) -> Self {
        Self::at(dt, CORNER / period)
    }

    /// For a corner in Hz.
    pub(super) fn at(dt: f64, corner: f64) -> Self {
        let k = (std::f64::consts::PI * (corner * dt).min(0.45)).tan();
        let norm = 1.0 / (1.0 + std::f64::consts::SQRT_2 * k + k * k);
        let feedback = [2.0 * (k * k - 1.0) * norm, (1.0 - std::f64::consts::SQRT_2 * k + k * k) * norm];
        Self { gain: norm, feedback }
    }

    /// The trace without its long periods. A constant at its beginning makes no step.
    pub(super) fn removed(&self, trace: &[f32]) -> Vec<f32> {
        let first = trace.first().copied().map_or(0.0, f64::from);
        let (mut samples, mut results) = ([0.0; 2], [0.0; 2]);
        let filtered = trace.iter().map(|sample| {
            let value = f64::from(*sample) - first;
            // What waits for the last result comes last.
            let result = self.gain * (value - 2.0 * samples[0] + samples[1])
                - self.feedback[1] * results[1]
                - self.feedback[0] * results[0];
            samples = [value, samples[0]];
            results = [result, results[0]];
            result as f32
        });
        filtered.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain for a wave of a frequency over the dominant one is that of the Butterworth filter, `r^2 / sqrt(1 + r^4)`, with
    /// `r` the frequency over the corner; a constant vanishes.
    #[test]
    fn long_periods_are_removed() {
        let (dt, period) = (0.002, 0.1);
        let swell = Swell::new(dt, period);
        for share in [0.05, 0.1, 0.2, 0.4, 1.0, 2.0] {
            let wave = |i: usize| (std::f64::consts::TAU * share / period * i as f64 * dt).sin() as f32;
            let trace: Vec<f32> = (0..20_000).map(wave).collect();
            let energy = |part: &[f32]| part.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
            let found = (energy(&swell.removed(&trace)[10_000..]) / energy(&trace[10_000..])).sqrt();
            let r = (share / CORNER).powi(2);
            let expected = r / (1.0 + r * r).sqrt();
            // The bilinear transformation moves frequencies by (pi f dt)^2 / 3, here 0.5 % at most.
            assert!((found - expected).abs() < 0.02, "{share}: {found} {expected}");
        }
        assert!(swell.removed(&[3.0; 50]).iter().all(|v| *v == 0.0));
        assert!(swell.removed(&[]).is_empty());
    }
}
