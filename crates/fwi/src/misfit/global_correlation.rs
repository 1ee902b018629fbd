//! Normalised correlation: the similarity of traces, regardless of their amplitude.

use document::CheckSettings;
use num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FrequencyMisfit, Misfit, TimeMisfit};
use survey::traces::Gather;

/// Normalised correlation, `J = mean over traces of 1 - <d_syn, d_obs> / (||d_syn|| ||d_obs||)`: 0 for traces that
/// are positive multiples of each other, 2 for opposite ones. The strength of a source or receiver and the decay
/// with offset do not matter.
///
/// Observed traces that are zero do not count. A synthetic trace that is zero has J = 1; its infinite slope is
/// replaced by the slope towards the observed trace at the strength of that trace. In the frequency domain all data
/// of one frequency make one trace, with the real part of the inner product.
///
/// # Source
/// Choi and Alkhalifah, Geophys. Prospect. 60 (2012), 993-1004.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalCorrelation {}

impl CheckSettings for GlobalCorrelation {}

impl Misfit for GlobalCorrelation {
    fn of_frequencies(&self) -> Option<&dyn FrequencyMisfit> {
        Some(self)
    }

    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

/// Norms below this fraction of the observed one count as silence.
const SILENCE: f64 = 1e-12;

/// The contribution to the value, and the factors of the synthetic and of the observed trace in the adjoint source.
fn correlate(product: f64, synthetic: f64, observed: f64) -> [f64; 3] {
    if synthetic <= SILENCE * observed {
        return [1.0, 0.0, -1.0 / (observed * observed)];
    }
    let norms = synthetic * observed;
    [1.0 - product / norms, product / (norms * synthetic * synthetic), -1.0 / norms]
}

impl FrequencyMisfit for GlobalCorrelation {
    fn evaluate(&self, synthetic: &[Complex64], observed: &[Complex64]) -> (f64, Vec<Complex64>) {
        let norm = |v: &[Complex64]| v.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt();
        let product = synthetic.iter().zip(observed).map(|(s, o)| (s * o.conj()).re).sum();
        let [value, own, other] = correlate(product, norm(synthetic), norm(observed));
        (value, synthetic.iter().zip(observed).map(|(s, o)| s * own + o * other).collect())
    }
}

impl TimeMisfit for GlobalCorrelation {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let share = gather.reference.per_trace();
        let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(gather.synthetic.len()));
        for (s, o) in gather.traces() {
            let strength = norm(o);
            if strength == 0.0 {
                adjoint.extend(s.iter().map(|_| 0.0));
                continue;
            }
            let product = s.iter().zip(o).map(|(s, o)| s * o).sum();
            let [j, own, other] = correlate(product, norm(s), strength);
            value += share * j;
            adjoint.extend(s.iter().zip(o).map(|(s, o)| share * (s * own + o * other)));
        }
        (value, adjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::traces::Reference;

    /// A factor on the synthetic data changes nothing, so the adjoint source is orthogonal to them. A silent trace is
    /// pulled towards the observed one.
    #[test]
    fn strength_does_not_matter() {
        let n = 40;
        let observed: Vec<f64> = (0..2 * n).map(|i| (0.3 * (i * i) as f64).sin()).collect();
        let synthetic: Vec<f64> = (0..2 * n).map(|i| (0.29 * (i * i) as f64).sin() + 0.1).collect();
        let reference = Reference::of(&observed, n);
        let at = |factor: f64| {
            let synthetic: Vec<f64> = synthetic.iter().map(|s| s * factor).collect();
            let gather =
                Gather { synthetic: &synthetic, observed: &observed, samples: n, dt: 0.01, reference };
            TimeMisfit::evaluate(&GlobalCorrelation {}, &gather)
        };
        let (one, adjoint) = at(1.0);
        assert!((one - at(17.0).0).abs() < 1e-14);
        let along: f64 = adjoint[..n].iter().zip(&synthetic).map(|(g, s)| g * s).sum();
        assert!(along.abs() < 1e-14);
        let (silent, push) = at(0.0);
        assert_eq!(silent, 1.0);
        assert!(push.iter().zip(&observed).all(|(g, o)| g * o <= 0.0));
    }
}
