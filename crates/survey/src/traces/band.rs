//! The frequency band that contains the energy of a trace.

use super::Transform;

/// Fraction of the peak of the spectrum below which a frequency is ignored.
pub const SIGNIFICANT: f64 = 0.01;

/// The frequency band of a trace, Hz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Lowest significant frequency.
    pub low: f64,
    /// Frequency of the largest amplitude.
    pub peak: f64,
    /// Highest significant frequency.
    pub high: f64,
}

impl Band {
    /// The union of both bands; the peak is that of `self`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high), ..self }
    }

    /// The band outside which the amplitude spectrum is below [`SIGNIFICANT`] of its peak; `None` for silence.
    ///
    /// # Units
    /// `dt` in s. The resolution is 1/(4 T) for a trace of length T.
    #[must_use]
    pub fn of(trace: &[f64], dt: f64) -> Option<Self> {
        // Twice the padding, so that the spectrum is sampled four times as finely as the trace resolves it.
        let mut padded = trace.to_vec();
        padded.resize(2 * trace.len(), 0.0);
        let transform = Transform::new(padded.len());
        let half = transform.length() / 2;
        let amplitude: Vec<f64> =
            transform.spectrum(&padded).iter().take(half + 1).map(|v| v.norm()).collect();
        let peak = (0..amplitude.len()).max_by(|a, b| amplitude[*a].total_cmp(&amplitude[*b]))?;
        if amplitude[peak] == 0.0 || !amplitude[peak].is_finite() {
            return None;
        }
        let counts = |k: &usize| amplitude[*k] >= SIGNIFICANT * amplitude[peak];
        let frequency = |k: usize| transform.frequency(k, dt);
        let low = (0..=peak).find(counts).map(frequency)?;
        let high = (peak..=half).rev().find(counts).map(frequency)?;
        Some(Self { low, peak: frequency(peak), high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Gaussian exp(-a^2 t^2) has the spectrum exp(-(pi f / a)^2): 1 % at f = a sqrt(ln 100) / pi, within the
    /// resolution 1/(4 T) of the sampled spectrum.
    #[test]
    fn edge_of_a_gaussian() {
        let (a, dt, n) = (30.0, 1e-3, 1000);
        let trace: Vec<f64> = (0..n).map(|i| (-(a * (i as f64 - 500.0) * dt).powi(2)).exp()).collect();
        let band = Band::of(&trace, dt).unwrap();
        let exact = a * 100.0_f64.ln().sqrt() / std::f64::consts::PI;
        assert_eq!((band.low, band.peak), (0.0, 0.0));
        assert!((band.high - exact).abs() <= 0.25, "{} {exact}", band.high);
        assert_eq!(Band::of(&[0.0; 10], dt), None);
    }
}
