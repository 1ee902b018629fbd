//! Huber misfit: least squares for small residuals, absolute values for large ones.

use document::{CheckSettings, Unit};
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FrequencyMisfit, Misfit, TimeMisfit};
use survey::traces::Gather;

/// Huber's misfit, `J = sum h(|d_syn - d_obs|) / ||d_obs||^2` with `h(r) = r^2/2` up to a threshold t and `t r -
/// t^2/2` above it. A few bad traces or spikes cannot dominate the gradient.
///
/// # Source
/// Huber, Ann. Math. Statist. 35 (1964), 73-101, equation 1.5; for seismic data Guitton and Symes, Geophysics 68
/// (2003), 1310-1319.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Huber {
    /// Threshold t, relative to the root mean square of the observed data.
    #[schemars(transform = Unit::None.within(1e-9, 1e9))]
    pub threshold: f64,
}

impl CheckSettings for Huber {}

impl Misfit for Huber {
    fn of_frequencies(&self) -> Option<&dyn FrequencyMisfit> {
        Some(self)
    }

    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

/// Huber's function of a residual of size r, and its derivative divided by r.
fn huber(r: f64, threshold: f64) -> [f64; 2] {
    if r <= threshold { [0.5 * r * r, 1.0] } else { [threshold * (r - 0.5 * threshold), threshold / r] }
}

impl FrequencyMisfit for Huber {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let energy: f64 = observed.iter().map(Complex64::norm_sqr).sum();
        let threshold = self.threshold * (energy / observed.len() as f64).sqrt();
        let mut value = 0.0;
        let adjoint = synthetic.iter().zip(observed).map(|(s, o)| {
            let [h, share] = huber((s - o).norm(), threshold);
            value += h / energy;
            (s - o) * (share / energy)
        });
        let adjoint = adjoint.collect();
        (value, adjoint)
    }
}

impl TimeMisfit for Huber {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let scale = gather.reference.per_energy();
        let threshold = self.threshold * gather.reference.rms();
        let mut value = 0.0;
        let adjoint = gather.synthetic.iter().zip(gather.observed).map(|(s, o)| {
            let [h, share] = huber((s - o).abs(), threshold);
            value += h * scale;
            (s - o) * share * scale
        });
        let adjoint = adjoint.collect();
        (value, adjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::traces::Reference;

    /// A spike of k thresholds contributes like one threshold, whereas with least squares it contributes like k.
    #[test]
    fn a_spike_pulls_no_harder_than_the_threshold() {
        let observed: Vec<f64> = (0..50).map(|i| (0.4 * f64::from(i)).sin()).collect();
        let mut synthetic = observed.clone();
        synthetic[20] += 1000.0;
        let reference = Reference::of(&observed, 50);
        let gather = Gather { synthetic: &synthetic, observed: &observed, samples: 50, dt: 0.01, reference };
        let huber = Huber { threshold: 0.5 };
        let (_, adjoint) = TimeMisfit::evaluate(&huber, &gather);
        let expected = 0.5 * reference.rms() / reference.energy;
        assert!((adjoint[20] - expected).abs() < 1e-12 * expected);
        assert!(adjoint.iter().enumerate().all(|(i, g)| i == 20 || *g == 0.0));
    }
}
