//! Optimal transport between the graphs of traces.

use document::CheckSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, TimeMisfit};
use survey::ranges;
use survey::traces::assignment::assign;
use survey::traces::{Band, Gather, Transform};

/// Optimal transport of the graphs of traces. Each trace is a set of points (t, d) in the plane, and J is the cost
/// of moving the synthetic set onto the observed one by the cheapest pairing: `sum (peak/shift)^2 (t_i - t_j)^2 +
/// (d_syn_i - d_obs_j)^2`, divided by `2 ||d_obs||^2`.
///
/// Arrivals that are late by up to about `shift` are moved in time rather than changed in size. J therefore grows
/// with their delay, where least squares has a minimum for each cycle. With the pairing held, J is a least-squares
/// misfit whose residuals are the adjoint source; the pairing is optimal, so that its own change does not count
/// (envelope theorem). Data that nearly agree are paired sample by sample, and J is then that of `l2`. Unlike
/// transport of densities it takes traces as they are, with both signs and any mass.
///
/// The cost of the pairing grows with the cube of the number of points at worst. Traces are therefore resampled to
/// `interval` first. A delay that is no multiple of it leaves residuals of up to `pi f interval` of the peak at the
/// frequency f, which make J ripple: the interval has to be short compared with the periods.
///
/// # Source
/// Metivier, Allain, Brossier, Merigot, Oudet and Virieux, Inverse Problems 34 (2018), 115005 (graph space);
/// Metivier, Brossier, Merigot and Oudet, Inverse Problems 35 (2019), 085001.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GraphSpaceTransport {
    /// Largest delay that is moved in time rather than changed in size.
    #[schemars(transform = ranges::duration())]
    pub shift: f64,
    /// Time between the points of a trace, a multiple of the interval of the data. When absent, it gives the
    /// shortest period of the observed gather 5 points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = ranges::duration())]
    pub interval: Option<f64>,
}

impl CheckSettings for GraphSpaceTransport {}

impl Misfit for GraphSpaceTransport {
    fn of_times(&self) -> Option<&dyn TimeMisfit> {
        Some(self)
    }
}

/// Subsampling of a trace after removing the frequencies that the subsampled trace cannot carry.
struct Thinning {
    every: usize,
    transform: Transform,
    gains: Vec<f64>,
}

impl Thinning {
    fn new(every: usize, samples: usize, dt: f64) -> Self {
        let nyquist = 0.5 / (every as f64 * dt);
        // A cosine taper over the last tenth rings less than a sharp edge.
        let gain = |frequency: f64| {
            let x = ((frequency / nyquist - 0.9) / 0.1).clamp(0.0, 1.0);
            (0.5 * std::f64::consts::PI * x).cos().powi(2)
        };
        let transform = Transform::new(samples);
        Self { every, gains: transform.gains(dt, gain), transform }
    }

    fn apply(&self, trace: &[f64]) -> Vec<f64> {
        if self.every == 1 {
            return trace.to_vec();
        }
        let filtered = self.transform.filtered(trace, &self.gains);
        filtered.into_iter().step_by(self.every).collect()
    }

    fn transpose(&self, points: &[f64]) -> Vec<f64> {
        if self.every == 1 {
            return points.to_vec();
        }
        let mut trace = vec![0.0; self.transform.samples()];
        trace.iter_mut().step_by(self.every).zip(points).for_each(|(t, p)| *t = *p);
        self.transform.filtered(&trace, &self.gains)
    }
}

impl GraphSpaceTransport {
    fn thinning(&self, gather: &Gather) -> Thinning {
        let own = || {
            let bands = gather.traces().filter_map(|(_, observed)| Band::of(observed, gather.dt));
            let high = bands.map(|band| band.high).fold(0.0, f64::max);
            if high > 0.0 { 0.2 / high } else { gather.dt }
        };
        let interval = self.interval.unwrap_or_else(own);
        let every = ((interval / gather.dt).round().max(1.0) as usize).min(gather.samples.max(1));
        Thinning::new(every, gather.samples, gather.dt)
    }
}

impl TimeMisfit for GraphSpaceTransport {
    fn evaluate(&self, gather: &Gather) -> (f64, Vec<f64>) {
        let thinning = self.thinning(gather);
        let step = thinning.every as f64 * gather.dt;
        let scale = gather.reference.per_energy() * thinning.every as f64;
        let (mut value, mut adjoint) = (0.0, Vec::with_capacity(gather.synthetic.len()));
        for (synthetic, observed) in gather.traces() {
            let (s, o) = (thinning.apply(synthetic), thinning.apply(observed));
            let n = s.len();
            let peak = o.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
            let slope = (peak * step / self.shift).powi(2);
            let later = |i: usize, j: usize| slope * (i as f64 - j as f64).powi(2);
            let mut cost = Vec::with_capacity(n * n);
            for (i, s) in s.iter().enumerate() {
                cost.extend(o.iter().enumerate().map(|(j, o)| later(i, j) + (s - o).powi(2)));
            }
            // Without observed data there is nothing to move towards.
            let pairs = if peak > 0.0 { assign(&cost, n) } else { (0..n).collect() };
            value += 0.5 * scale * pairs.iter().enumerate().map(|(i, j)| cost[i * n + j]).sum::<f64>();
            let residual: Vec<f64> = pairs.iter().zip(&s).map(|(j, s)| scale * (s - o[*j])).collect();
            adjoint.extend(thinning.transpose(&residual));
        }
        (value, adjoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::misfit::tests::shifted;

    /// J grows with the delay up to `shift`, three periods here, whereas least squares decreases after half a period.
    /// Delays are whole samples, and for the coarser points of the band they are far enough apart that ripples do not
    /// hide the growth.
    #[test]
    fn grows_with_the_delay() {
        let coarse = GraphSpaceTransport { shift: 0.15, interval: None };
        let values = shifted(&coarse, &[0.0, 0.03, 0.06, 0.09, 0.12, 0.15]);
        assert!(values.windows(2).all(|v| v[1] > v[0]), "{values:?}");
        let transport = GraphSpaceTransport { shift: 0.15, interval: Some(0.002) };
        let shifts: Vec<f64> = (0..15).map(|i| 0.01 * f64::from(i)).collect();
        let early: Vec<f64> = shifts.iter().map(|shift| -shift).collect();
        for values in [shifted(&transport, &shifts), shifted(&transport, &early)] {
            assert!(values.windows(2).all(|v| v[1] > v[0]), "{values:?}");
        }
    }

    /// `<D a, b> = <a, D^T b>`, and a wavelet within the band is subsampled to its own samples.
    #[test]
    fn thinning_has_its_transpose() {
        let observed = crate::misfit::tests::ricker(0.5);
        let thinning = Thinning::new(4, observed.len(), 0.002);
        let points = thinning.apply(&observed);
        assert!(points.iter().zip(observed.iter().step_by(4)).all(|(p, o)| (p - o).abs() < 1e-3));
        let b: Vec<f64> = (0..points.len()).map(|i| (0.3 * (i * i) as f64).sin()).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (left, right) = (dot(&points, &b), dot(&observed, &thinning.transpose(&b)));
        assert!((left - right).abs() < 1e-12 * dot(&points, &points));
    }
}
