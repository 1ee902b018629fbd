//! The exact motion of a uniform elastic medium with a vertical axis of symmetry, as a sum of plane waves.

use std::f64::consts::{PI, TAU};

/// A uniform medium in 2-D.
#[derive(Debug, Clone, Copy)]
pub(super) struct Solid {
    pub(super) vp: f64,
    pub(super) vs: f64,
    pub(super) rho: f64,
    pub(super) epsilon: f64,
    pub(super) delta: f64,
}

impl Solid {
    pub(super) fn value(&self, name: &str) -> f64 {
        match name {
            "vp" => self.vp,
            "vs" => self.vs,
            "rho" => self.rho,
            "epsilon" => self.epsilon,
            "delta" => self.delta,
            other => panic!("no parameter `{other}`"),
        }
    }

    /// Twice a plane wave's squared angular frequency and its polarisation, from Christoffel's equation.
    fn modes(&self, [kx, kz]: [f64; 2]) -> [(f64, [f64; 2]); 2] {
        let [c33, c55] = [self.vp, self.vs].map(|v| v * v);
        let c11 = c33 * (1.0 + 2.0 * self.epsilon);
        // Thomsen 1986, equation 8c, solved for c13 + c55.
        let mixed = ((c33 - c55).powi(2) + 2.0 * self.delta * c33 * (c33 - c55)).sqrt();
        let (a, b, d) = (c11 * kx * kx + c55 * kz * kz, mixed * kx * kz, c55 * kx * kx + c33 * kz * kz);
        let angle = 0.5 * (2.0 * b).atan2(a - d);
        let (sin, cos) = angle.sin_cos();
        let middle = 0.5 * (a + d);
        let apart = (0.5 * (a - d)).hypot(b);
        [(middle + apart, [cos, sin]), ((middle - apart).max(0.0), [-sin, cos])]
    }

    /// The particle velocity at an offset and times after a force of a Ricker wavelet has ended.
    ///
    /// Each plane wave is an oscillator: its velocity is the convolution of the force with `cos(omega t) / rho`.
    pub(super) fn velocity(
        &self,
        force: [f64; 2],
        offset: [f64; 2],
        times: &[f64],
        frequency: f64,
    ) -> Vec<[f64; 2]> {
        assert!(times.iter().all(|t| *t >= 3.0 / frequency));
        // The plane waves repeat in a box so wide that no wave comes back.
        let fastest = self.vp * (1.0 + 2.0 * self.epsilon.max(0.0)).sqrt();
        let last = times.iter().copied().fold(0.0, f64::max);
        let step = TAU / (fastest * last + offset[0].hypot(offset[1]));
        let peak = TAU * frequency;
        let count = (3.5 * peak / self.vs.min(self.vp) / step).ceil() as isize;
        let spectrum =
            |omega: f64| 4.0 * PI.sqrt() * omega.powi(2) / peak.powi(3) * (-(omega / peak).powi(2)).exp();
        let mut sum = vec![[0.0; 2]; times.len()];
        for i in 0..=count {
            for j in -count..=count {
                let k = [i as f64 * step, j as f64 * step];
                let twice = if i == 0 { 1.0 } else { 2.0 };
                let phase = (k[0] * offset[0] + k[1] * offset[1]).cos();
                for (squared, along) in self.modes(k) {
                    let omega = squared.sqrt();
                    let size = spectrum(omega);
                    if size < 1e-12 / frequency {
                        continue;
                    }
                    let push = (along[0] * force[0] + along[1] * force[1]) * twice * phase * size / self.rho;
                    for (sum, t) in sum.iter_mut().zip(times) {
                        let now = push * (omega * (t - 1.5 / frequency)).cos();
                        sum.iter_mut().zip(along).for_each(|(sum, along)| *sum += now * along);
                    }
                }
            }
        }
        let scale = (step / TAU).powi(2);
        sum.into_iter().map(|v| v.map(|v| v * scale)).collect()
    }
}
