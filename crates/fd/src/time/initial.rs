//! An initial pulse at rest.

use super::{Mesh, Points, Real};
use crate::FdError;

/// Intervals of Simpson's rule over the wavenumbers.
const INTERVALS: usize = 4000;

/// Beyond this many standard deviations a pulse and its spectrum are below 1e-14 of the peak.
const REACH: f64 = 8.0;

/// The initial condition u(0) = A exp(-r^2 / (2 s)), u_t(0) = 0.
///
/// # Units
/// `centre` `[x, z]` in m, `amplitude` A in Pa, `variance` s in m^2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InitialPulse {
    /// Position of its peak.
    pub centre: [f64; 2],
    /// Pressure at its peak.
    pub amplitude: f64,
    /// Variance of the Gaussian.
    pub variance: f64,
}

impl InitialPulse {
    /// u at t = 0.
    #[must_use]
    pub fn at(&self, point: [f64; 2]) -> f64 {
        self.amplitude * (-0.5 * self.distance2(point) / self.variance).exp()
    }

    /// The Laplacian of u at t = 0: (r^2 / s - 2) u / s.
    #[must_use]
    pub fn laplacian(&self, point: [f64; 2]) -> f64 {
        (self.distance2(point) / self.variance - 2.0) * self.at(point) / self.variance
    }

    /// u at t = 0 with its x, z, xx and zz partials.
    #[must_use]
    pub fn jet(&self, point: [f64; 2]) -> [f64; 5] {
        let (u, s) = (self.at(point), self.variance);
        let [x, z] = [0, 1].map(|axis| point[axis] - self.centre[axis]);
        [u, -x / s * u, -z / s * u, (x * x / s - 1.0) / s * u, (z * z / s - 1.0) / s * u]
    }

    fn distance2(&self, point: [f64; 2]) -> f64 {
        (point[0] - self.centre[0]).powi(2) + (point[1] - self.centre[1]).powi(2)
    }

    /// The pressure at distance `r` from the centre and time `t` in a uniform medium without edges:
    ///
    /// `u = int_0^inf U(q) cos(q v t) J_0(q r) q dq` with the Hankel transform `U = A s exp(-q^2 s / 2)` of the pulse.
    ///
    /// Computed with 4000 intervals of Simpson's rule, with an error below 1e-6 of the amplitude as long as r + v t
    /// is below a hundred standard deviations of the pulse.
    ///
    /// # Units
    /// `velocity` in m/s, `r` in m, `t` in s.
    ///
    /// # Source
    /// Separation of variables in polar coordinates; for instance Morse & Feshbach 1953, Methods of Theoretical Physics,
    /// chapter 11.2.
    #[must_use]
    pub fn exact(&self, velocity: f64, r: f64, t: f64) -> f64 {
        let largest = REACH / self.variance.sqrt();
        let step = largest / INTERVALS as f64;
        let value = |k: usize| {
            let q = k as f64 * step;
            q * (-0.5 * q * q * self.variance).exp() * (q * velocity * t).cos() * libm::j0(q * r)
        };
        let inner: f64 = (1..INTERVALS).map(|k| if k % 2 == 1 { 4.0 } else { 2.0 } * value(k)).sum();
        self.amplitude * self.variance * step / 3.0 * (value(0) + inner + value(INTERVALS))
    }

    /// The pulse as sources of a run from rest: sample `n` of the run is the wavefield at t = (n - 1) dt.
    ///
    /// The leapfrog `u(n+1) = 2 u(n) - u(n-1) + kappa (L u(n) + f(n))` reaches u0 in its first step with
    /// `f(0) = u0 / kappa` and `u0 + kappa L u0 / 2`, the start of second order with u_t = 0, in its second with
    /// `f(1) = -u0 / kappa - L u0 / 2`.
    ///
    /// # Shapes
    /// `vp` is on the mesh `[z, x]`; the wavelets are `[source, time]`, one source for each node that the pulse reaches.
    ///
    /// # Errors
    /// [`FdError::Length`] for the velocity; [`FdError::OutsideMesh`] if no node is within the pulse.
    pub fn sources<T: Real>(
        &self,
        mesh: &Mesh,
        vp: &[f64],
        dt: f64,
        steps: usize,
    ) -> Result<(Points, Vec<T>), FdError> {
        mesh.expect_len("velocity (m/s)", vp.len())?;
        let ([origin, corner], [columns, ..]) = (mesh.corners(), mesh.nodes());
        let [h_x, h_z] = [mesh.step(0), mesh.step(2)];
        let reach2 = REACH * REACH * self.variance;
        let (mut nodes, mut wavelets) = (Vec::new(), Vec::new());
        for (node, v) in vp.iter().enumerate() {
            let point =
                [origin[0] + (node % columns) as f64 * h_x, origin[1] + (node / columns) as f64 * h_z];
            if self.distance2(point) <= reach2 {
                // A source of strength s at a node is a density s / (h_x h_z).
                let (kappa, cell) = ((dt * v).powi(2), h_x * h_z);
                let mut wavelet = vec![T::ZERO; steps];
                let first = self.at(point) / kappa;
                for (sample, f) in wavelet.iter_mut().zip([first, -first - 0.5 * self.laplacian(point)]) {
                    *sample = T::from_f64(f * cell);
                }
                nodes.push(point);
                wavelets.extend(wavelet);
            }
        }
        if nodes.is_empty() {
            let (lo, hi) = (origin, corner);
            return Err(FdError::OutsideMesh { index: 0, point: self.centre.to_vec(), lo, hi });
        }
        Ok((Points::new(mesh, &nodes)?, wavelets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Boundary, Cpml, Medium, Propagator, Settings, Shot};

    const PULSE: InitialPulse = InitialPulse { centre: [20.0, -35.0], amplitude: 0.02, variance: 500.0 };

    /// At t = 0 the integral is the pulse. At the centre its closed form is known: u(0, t) = A (1 - 2 a D(a)) with a
    /// = v t / sqrt(2 s) and Dawson's D, computed here from its integral.
    #[test]
    fn exact_at_the_start_and_at_the_centre() {
        for r in [0.0, 10.0, 40.0, 100.0] {
            let u0 = PULSE.at([20.0 + r, -35.0]);
            assert!((PULSE.exact(1000.0, r, 0.0) - u0).abs() < 1e-6 * 0.02, "{r}");
        }
        for t in [0.01, 0.03, 0.1] {
            let a = 1000.0 * t / 1000.0_f64.sqrt();
            let n = 20_000;
            let h = a / f64::from(n);
            let inside: f64 = (0..n).map(|k| (((f64::from(k) + 0.5) * h).powi(2) - a * a).exp() * h).sum();
            let exact = 0.02 * (1.0 - 2.0 * a * inside);
            assert!((PULSE.exact(1000.0, 0.0, t) - exact).abs() < 1e-6 * 0.02, "{t}");
        }
    }

    /// A run from the pulse's sources gives the exact integral. Order 8 at 4 m (35 points for the shortest wave of k
    /// = 3 / 22 m) is exact to 1e-5. The time step causes an error of (omega dt)^2 / 24 of the phase omega t, 1e-3 of
    /// u at omega = v k = 134 / s, dt = 0.4 ms and omega t = 34.
    #[test]
    fn a_run_is_the_exact_integral() {
        let (dt, steps, velocity) = (4e-4, 602, 1000.0);
        let mesh = Mesh::new(&[-360.0, -400.0], &[4.0, 4.0], &[181, 191]).unwrap();
        let vp = vec![velocity; mesh.len()];
        let cpml = Cpml { cells: 20, frequency: 10.0, reflection: 1e-6 };
        let settings =
            Settings { order: 8, dt, boundary: Boundary { cpml, free_surface: false }, threads: 1 };
        let propagator =
            Propagator::<f64>::new(&mesh, &settings, &Medium { vp: &vp, density: None }).unwrap();
        let (sources, wavelets) = PULSE.sources(&mesh, &vp, dt, steps).unwrap();
        let radii = [0.0, 60.0, 150.0, 240.0];
        let points: Vec<[f64; 2]> = radii.iter().map(|r| [20.0 + 0.6 * r, -35.0 - 0.8 * r]).collect();
        let receivers = Points::new(&mesh, &points).unwrap();
        let shot = Shot { sources: &sources, wavelets: &wavelets, receivers: &receivers, steps };
        let traces = propagator.forward(&shot).unwrap();
        let (mut difference, mut energy) = (0.0, 0.0);
        for (r, trace) in radii.iter().zip(traces.chunks(steps)) {
            for n in (1..steps).step_by(5) {
                let exact = PULSE.exact(velocity, *r, (n - 1) as f64 * dt);
                difference += (trace[n] - exact).powi(2);
                energy += exact * exact;
            }
        }
        let error = (difference / energy).sqrt();
        assert!(error < 2e-3, "{error:e}");
    }

    /// A pulse beyond the mesh has no nodes.
    #[test]
    fn outside_is_refused() {
        let mesh = Mesh::new(&[1000.0, 1000.0], &[10.0, 10.0], &[5, 5]).unwrap();
        assert!(PULSE.sources::<f64>(&mesh, &[1000.0; 25], 1e-3, 5).is_err());
        assert!(PULSE.sources::<f64>(&mesh, &[1000.0; 24], 1e-3, 5).is_err());
    }
}
