//! An explosion in water over a solid: the reflection, P and S in the solid, and the Scholte wave along the bottom.

use std::f64::consts::{PI, TAU};

use num_complex::Complex64;

use super::{Scheme, Waves, relative, ricker, within};
use crate::time::Mesh;

const FREQUENCY: f64 = 10.0;
const WATER: [f64; 2] = [1500.0, 1000.0];

/// A solid below the water.
#[derive(Debug, Clone, Copy)]
struct Bottom {
    vp: f64,
    vs: f64,
    rho: f64,
}

/// The Scholte wave is little slower than sound in water and reaches far into it.
const HARD: Bottom = Bottom { vp: 3000.0, vs: 1500.0, rho: 2200.0 };
/// It is slower than S.
const SOFT: Bottom = Bottom { vp: 1800.0, vs: 600.0, rho: 1800.0 };

impl Bottom {
    /// `(w^2 - 4 k^2 a b) mu / (rho_w s^2) + a s^2 / (a_w vs^2)`, which is zero for the Scholte wave, and a, b, a_w, w.
    fn secular(&self, k: Complex64, s: Complex64) -> (Complex64, [Complex64; 4]) {
        let root = |velocity: f64| (k * k + (s / velocity).powi(2)).sqrt();
        let [velocity, density] = WATER;
        let (a, b, water) = (root(self.vp), root(self.vs), root(velocity));
        let w = b * b + k * k;
        let mu = self.rho * self.vs.powi(2);
        let solid = (w * w - 4.0 * k * k * a * b) * mu / (density * s * s);
        (solid + a / water * (s / self.vs).powi(2), [a, b, water, w])
    }

    /// The velocity of the Scholte wave.
    fn scholte(&self) -> f64 {
        // Of waves of one radian a metre.
        let value = |c: f64| -self.secular(1.0.into(), Complex64::new(0.0, c)).0.re;
        let (mut low, mut high) = (0.3 * self.vs, self.vs.min(WATER[0]) * (1.0 - 1e-9));
        assert!(value(low) * value(high) < 0.0, "{} {}", value(low), value(high));
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if value(low) * value(middle) > 0.0 { low = middle } else { high = middle }
        }
        low
    }

    /// Particle velocity at points and times, by the sum of plane waves at complex frequencies; the explosion is `height` above the
    /// bottom, and points are relative to it along x and to the bottom along z.
    ///
    /// With potentials, `v = grad phi + (-d/dz, d/dx) psi`, the explosion sends `phi = q / (2 a_w K) exp(-a_w |z + height|)` with
    /// the modulus K of water, the water returns `exp(a_w z)`, and the solid has `A exp(-a z)` and `B exp(-b z)`. The shear stress is
    /// zero at the bottom, and the normal stress and the velocity across are those of the water.
    ///
    /// # Source
    /// Scholte 1947, Geophys. Suppl. Mon. Not. R. Astron. Soc. 5, 120-126; Bouchon 1981, Bull. Seismol. Soc. Am. 71, 959-971,
    /// for the sum.
    fn exact(&self, height: f64, points: &[[f64; 2]], times: &[f64]) -> Vec<Vec<[f64; 2]>> {
        let window = 2.0;
        // What the sum repeats after a window is smaller by exp(damping window), 1e-7.
        let damping = 16.0 / window;
        let width = 2.0 * self.vp * window;
        let (domega, dk) = (TAU / window, TAU / width);
        let spectrum = |s: Complex64| {
            let peak = TAU * FREQUENCY;
            4.0 * PI.sqrt() * -s * s / peak.powi(3) * ((s / peak).powi(2) - s * 1.5 / FREQUENCY).exp()
        };
        let slowest = self.scholte();
        let modulus = WATER[1] * WATER[0].powi(2);
        let mut sum = vec![vec![[0.0; 2]; times.len()]; points.len()];
        for n in 0..(4.0 * FREQUENCY * window) as usize {
            let s = Complex64::new(damping, n as f64 * domega);
            let mut at = vec![[Complex64::ZERO; 2]; points.len()];
            let last = 1.2 * s.im / slowest + 0.6;
            for m in 0..(last / dk) as usize {
                let k = m as f64 * dk;
                let (secular, [a, b, water, w]) = self.secular(k.into(), s);
                let sent = 1.0 / (2.0 * water * modulus);
                let arrives = sent * (-water * height).exp();
                let p = w * 2.0 * arrives / secular;
                let ik = Complex64::new(0.0, k);
                let shear = -2.0 * ik * a * p / w;
                let returns = arrives - a / water * (s / self.vs).powi(2) * p / w;
                let twice = if m == 0 { 1.0 } else { 2.0 };
                for (at, [x, z]) in at.iter_mut().zip(points) {
                    let [vx, vz] = if *z > 0.0 {
                        let (p, shear) = (p * (-a * z).exp(), shear * (-b * z).exp());
                        [ik * p + b * shear, ik * shear - a * p]
                    } else {
                        let below = if *z > -height { -1.0 } else { 1.0 };
                        let (direct, returns) =
                            (sent * (-water * (z + height).abs()).exp(), returns * (water * z).exp());
                        [ik * (direct + returns), water * (below * direct + returns)]
                    };
                    // Odd and even in k.
                    at[0] += vx * Complex64::new(0.0, (k * x).sin()) * twice;
                    at[1] += vz * (k * x).cos() * twice;
                }
            }
            let twice = if n == 0 { 1.0 } else { 2.0 };
            let scale = spectrum(s) * dk / TAU * domega / TAU * twice;
            for (sum, at) in sum.iter_mut().zip(&at) {
                for (sum, t) in sum.iter_mut().zip(times) {
                    let turned = scale * (s * t).exp();
                    sum.iter_mut().zip(at).for_each(|(sum, at)| *sum += (turned * at).re);
                }
            }
        }
        sum
    }
}

/// Traces, exact ones, and the times of both.
struct Traces {
    times: Vec<f64>,
    found: Vec<Vec<f64>>,
    exact: Vec<Vec<f64>>,
}

/// Both components in the water and in the solid, and the velocity across on the bottom at three offsets.
const PLACES: [(&str, [f64; 2]); 7] = [
    ("v_x", [300.0, -60.0]),
    ("v_z", [300.0, -60.0]),
    ("v_x", [300.0, 40.0]),
    ("v_z", [300.0, 40.0]),
    ("v_z", [300.0, 0.0]),
    ("v_z", [400.0, 0.0]),
    ("v_z", [600.0, 0.0]),
];

/// With cells of `h` m: the bottom is half way between two rows of nodes.
fn traces(bottom: &Bottom, h: f64, order: usize, end: f64) -> Traces {
    let dt = 0.5 * h / bottom.vp / 2.0_f64.sqrt();
    let steps = (end / dt) as usize;
    let shape = [(400.0 / h) as usize, (760.0 / h) as usize + 1];
    let mesh = Mesh::new(&[-80.0, -220.0 + 0.5 * h], &[h; 2], &[shape[0], shape[1]]).unwrap();
    let cells = (100.0 / h) as usize;
    let scheme = Scheme { order, cells, ..Scheme::new(dt, FREQUENCY) };
    let value = |name: &str, at: &[f64]| match (name, at[1] < 0.0) {
        ("vp", true) => WATER[0],
        ("vp", false) => bottom.vp,
        ("vs", true) => 0.0,
        ("vs", false) => bottom.vs,
        (_, true) => WATER[1],
        (_, false) => bottom.rho,
    };
    let waves = Waves::new("elastic", &mesh, scheme, &value);
    let height = 30.0;
    let s = |t: f64| ricker(FREQUENCY, t);
    let receivers: Vec<(&str, &[f64])> = PLACES.iter().map(|(name, at)| (*name, &at[..])).collect();
    let found = waves.record(&[("q", &[0.0, -height], &s)], &receivers, steps);
    let every = (2e-3 / dt).max(1.0) as usize;
    let thinned = |trace: &Vec<f64>| trace.iter().copied().skip(1).step_by(every).collect::<Vec<f64>>();
    let times: Vec<f64> = waves.times(steps, true).skip(1).step_by(every).collect();
    let points = PLACES.map(|(_, at)| at);
    let exact = bottom.exact(height, &points, &times);
    let of = |(place, exact): (&(&str, [f64; 2]), &Vec<[f64; 2]>)| {
        let component = usize::from(place.0 == "v_z");
        exact.iter().map(|v| v[component]).collect()
    };
    let exact = PLACES.iter().zip(&exact).map(of).collect();
    Traces { times, found: found.iter().map(thinned).collect(), exact }
}

/// The velocity from the phases of a frequency at both offsets on the bottom, after a time.
fn phase_velocity(traces: &[Vec<f64>], times: &[f64], near: f64) -> f64 {
    let omega = TAU * FREQUENCY;
    let spectrum = |k: usize| -> Complex64 {
        // What goes through the water has passed.
        let after = PLACES[k].1[0] / WATER[0] + 3.0 / FREQUENCY;
        let late = times.iter().zip(&traces[k]).filter(|(t, _)| **t > after);
        late.map(|(t, v)| v * Complex64::cis(-omega * t)).sum()
    };
    let distance = PLACES[6].1[0] - PLACES[5].1[0];
    let turned = (spectrum(5) / spectrum(6)).arg();
    let expected = omega * distance / near;
    let turns = ((expected - turned) / TAU).round();
    omega * distance / (turned + turns * TAU)
}

/// The whole waves in the water, on the bottom and in the solid, and the velocity of the Scholte wave.
///
/// Differences next to the bottom are of second order at any order of the scheme. If all were, the wave would be too slow by
/// `(k h)^2 / 24`: by 1.5 % with 10 cells a wave, as on the soft bottom at the dominant frequency, and 0.4 % with 21. Twice that, for
/// the bottom between two nodes, is the limit of the velocity. Once that times `k r`, with 3 % for what layers return of grazing
/// waves, is the limit of the error of traces with the smaller cells. On the bottom errors fall as cells are halved.
///
/// The velocity is that of the phases at 400 m and 600 m on the soft bottom, where the wave is alone. For the exact traces the same
/// measure gives the root of the secular equation to 0.2 %.
#[test]
fn explosion_above_the_bottom() {
    for (bottom, end, order) in [(HARD, 1.0, 4), (SOFT, 1.7, 4), (SOFT, 1.7, 8)] {
        let [coarse, fine] = [5.0, 2.5].map(|h| traces(&bottom, h, order, end));
        let root = bottom.scholte();
        let wave_number = TAU * FREQUENCY / root;
        let slower = |h: f64| (wave_number * h).powi(2) / 24.0;
        for places in [0..2, 2..4, 4..5] {
            let (_, at) = PLACES[places.start];
            let case = format!("{bottom:?} order {order} at {at:?}");
            // Both components together: layers return a share of the whole wave.
            let of = |all: &Traces| {
                let joined = |traces: &[Vec<f64>]| traces[places.clone()].concat();
                relative(&joined(&all.found), &joined(&all.exact))
            };
            let [before, error] = [of(&coarse), of(&fine)];
            within(3e-2 + slower(2.5) * wave_number * at[0], error, &case);
            assert!(at[1] != 0.0 || error < before / 2.5, "{case}: {before:e} {error:e}");
        }
        if bottom.vs < WATER[0] {
            for (traces, h) in [(&coarse, 5.0), (&fine, 2.5)] {
                let of = |all: &[Vec<f64>]| phase_velocity(all, &traces.times, root);
                let (found, exact) = (of(&traces.found), of(&traces.exact));
                within(2e-3, (exact / root - 1.0).abs(), "exact phases and root");
                within(
                    2.0 * slower(h),
                    (found / exact - 1.0).abs(),
                    &format!("velocity, order {order}, cells of {h} m"),
                );
            }
        }
    }
}
