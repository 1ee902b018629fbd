//! Envelope misfit: compares the amplitude of traces without their phase.

use document::{CheckSettings, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, TimeMisfit};
use survey::traces::{Gather, Transform};

/// The misfit of envelopes, `J = ||e_syn - e_obs||^2 / (4 ||d_obs||^2)` with `e = sqrt(d^2 + H(d)^2 + floor^2)` and
/// the Hilbert transform H. Envelopes contain low frequencies that the traces lack, so that early stages do not
/// skip cycles.
///
/// The energy of an envelope is twice that of its trace, which explains the 4.
///
/// # Source
/// Bozdag, Trampert and Tromp, Geophys. J. Int. 185 (2011), 845-870 (the squared difference of envelopes); Wu, Luo
/// and Wu, Geophysics 79 (2014), WA13-WA24.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The floor, relative to the root mean square of the observed data. It keeps the adjoint source, which divides
    /// by envelopes, finite.
    #[serde(default = "floor")]
    #[schemars(transform = Unit::None.within(1e-6, 10.0))]
    pub floor: f64,
}

fn floor() -> f64 {
    0.01
}

impl CheckSettings for Envelope {}

impl Misfit for Envelope {
    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

impl TimeMisfit for Envelope {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let scale = 0.5 * gather.reference.per_energy();
        let floor = (self.floor * gather.reference.rms()).powi(2).max(f64::MIN_POSITIVE);
        let transform = Transform::new(gather.samples);
        let envelope = |trace: &[f64], quadrature: &[f64]| -> Vec<f64> {
            trace.iter().zip(quadrature).map(|(d, h)| (d * d + h * h + floor).sqrt()).collect()
        };
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(gather.synthetic.len()));
        for (s, o) in gather.traces() {
            let quadrature = transform.hilbert(s);
            let (by_s, by_o) = (envelope(s, &quadrature), envelope(o, &transform.hilbert(o)));
            // dJ/de / e; with it dJ/ds = a s + H^T(a H s), and H^T = -H.
            let a: Vec<f64> = by_s.iter().zip(&by_o).map(|(s, o)| scale * (s - o) / s).collect();
            value += by_s.iter().zip(&by_o).map(|(s, o)| 0.5 * scale * (s - o).powi(2)).sum::<f64>();
            let turned: Vec<f64> = a.iter().zip(&quadrature).map(|(a, q)| a * q).collect();
            let back = transform.hilbert(&turned);
            adjoint.extend(a.iter().zip(s).zip(back).map(|((a, s), h)| a * s - h));
        }
        (value, adjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misfit::tests::{ricker, shifted};

    /// The phase of a wave packet does not matter, but its time does, monotonically over several periods, whereas
    /// least squares decreases again after the first.
    #[test]
    fn sees_time_and_not_phase() {
        let envelope = Envelope { floor: 0.01 };
        let values = shifted(&envelope, &[0.0, 0.02, 0.04, 0.06, 0.08, 0.1]);
        assert!(values.windows(2).all(|v| v[1] > v[0]), "{values:?}");
        let observed = ricker(0.5);
        let turned = Transform::new(observed.len()).hilbert(&observed);
        let reference = survey::traces::Reference::of(&observed, observed.len());
        let gather =
            Gather { synthetic: &turned, observed: &observed, samples: observed.len(), dt: 0.002, reference };
        // The remainder comes from the ends of the Hilbert transform, which decay as 1/t^3 and are cut off.
        assert!(envelope.evaluate(&gather).0 < 1e-4);
        assert!(crate::misfit::L2 {}.of_times().unwrap().evaluate(&gather).0 > 0.9);
    }
}
