//! Exact wavefields, for tests and for making data.
//!
//! Time factor exp(+i omega t): outgoing waves are Hankel functions of the second kind.

mod lossy;

pub use lossy::hankel2_complex;

use num_complex::Complex64;
use std::f64::consts::PI;

use crate::FdError;

/// H_n^(2)(x) = J_n(x) - i Y_n(x), x > 0.
#[must_use]
pub fn hankel2(n: i32, x: f64) -> Complex64 {
    Complex64::new(libm::jn(n, x), -libm::yn(n, x))
}

/// The wavefield q (i/4) H0^(2)(k r) of a point source f = q delta in a uniform medium.
///
/// # Units
/// `k` in 1/m, `r` in m; not finite at r = 0.
#[must_use]
pub fn uniform(k: f64, q: Complex64, r: f64) -> Complex64 {
    q * Complex64::new(0.0, 0.25) * hankel2(0, k * r)
}

/// Far field of the Gaussian source f = q exp(-r^2/(2s)) / (2 pi s) in units of the point source's: exp(-k^2 s / 2).
///
/// # Units
/// `k` in 1/m, `variance` s in m^2.
#[must_use]
pub fn gaussian_factor(k: f64, variance: f64) -> f64 {
    (-0.5 * k * k * variance).exp()
}

/// A uniform disc in a uniform background.
///
/// # Source
/// Separation of variables in polar coordinates about the centre; for instance Morse & Feshbach 1953, Methods of
/// Theoretical Physics, chapter 11.2, with u and du/dr continuous on the rim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cylinder {
    /// Centre `[x, z]`, m.
    pub centre: [f64; 2],
    /// Radius, m.
    pub radius: f64,
    /// Velocity inside, m/s.
    pub velocity: f64,
    /// Velocity outside, m/s.
    pub background: f64,
}

impl Cylinder {
    /// Squared slowness at a point, s^2/m^2.
    #[must_use]
    pub fn squared_slowness(&self, x: f64, z: f64) -> f64 {
        let inside = (x - self.centre[0]).hypot(z - self.centre[1]) < self.radius;
        (if inside { self.velocity } else { self.background }).powi(-2)
    }

    /// The wavefield of a point source of strength `q` at `source`, evaluated at `point` (both `[x, z]` in m).
    ///
    /// For many points use [`Cylinder::series`], which computes the coefficients once.
    ///
    /// # Errors
    /// As [`Cylinder::series`].
    pub fn field(
        &self,
        omega: f64,
        q: Complex64,
        source: [f64; 2],
        point: [f64; 2],
    ) -> Result<Complex64, FdError> {
        Ok(self.series(omega, q, source)?.at(point))
    }

    /// Coefficients of the series for one source.
    ///
    /// u = q (i/4) [H0(k |x - x_s|) + sum_n A_n H_n(k r_s) H_n(k r) exp(i n (t - t_s))] outside,
    /// u = q (i/4) sum_n B_n J_n(k1 r) H_n(k r_s) exp(i n (t - t_s)) inside.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for a radius, velocity or frequency that is not positive;
    /// [`FdError::SourceInsideDisc`].
    pub fn series(&self, omega: f64, q: Complex64, source: [f64; 2]) -> Result<CylinderSeries, FdError> {
        let numbers = [
            ("disc radius (m)", self.radius),
            ("disc velocity (m/s)", self.velocity),
            ("background velocity (m/s)", self.background),
            ("angular frequency (rad/s)", omega),
        ];
        for (what, value) in numbers {
            if !(value.is_finite() && value > 0.0) {
                return Err(FdError::NotPositive { what, value });
            }
        }
        let (dx, dz) = (source[0] - self.centre[0], source[1] - self.centre[1]);
        let distance = dx.hypot(dz);
        if distance.is_nan() || distance <= self.radius {
            return Err(FdError::SourceInsideDisc { distance, radius: self.radius });
        }
        let (k, k1) = (omega / self.background, omega / self.velocity);
        let mut terms = Vec::new();
        for n in 0..MOST_TERMS {
            match Term::new(n, k, k1, self.radius, distance) {
                Some(term) => terms.push(term),
                None => break,
            }
        }
        Ok(CylinderSeries { disc: *self, k, k1, q, source, angle: dz.atan2(dx), terms })
    }
}

/// More terms than needed at any distance from the rim of more than a few per cent of the radius.
const MOST_TERMS: i32 = 400;

/// The exact wavefield of a disc and one source; see [`Cylinder::series`].
#[derive(Debug, Clone)]
pub struct CylinderSeries {
    disc: Cylinder,
    k: f64,
    k1: f64,
    q: Complex64,
    source: [f64; 2],
    angle: f64,
    terms: Vec<Term>,
}

impl CylinderSeries {
    /// The wavefield at a point `[x, z]` in m, inside or outside the disc; not finite at the source.
    ///
    /// The sum stops when its terms fall below 1e-17 of it, which gives rounding accuracy (about 1e-13) for points
    /// and sources more than a tenth of a radius from the rim. If both are closer, the Bessel functions overflow
    /// first, and the error grows to about (a^2 / (r r_s))^150.
    #[must_use]
    pub fn at(&self, point: [f64; 2]) -> Complex64 {
        let (x, z) = (point[0] - self.disc.centre[0], point[1] - self.disc.centre[1]);
        let (r, angle) = (x.hypot(z), z.atan2(x) - self.angle);
        let inside = r < self.disc.radius;
        let mut sum = Complex64::ZERO;
        let (mut small, mut upward) = (0, Hankel::new(self.k * r));
        for (n, term) in (0_i32..).zip(&self.terms) {
            let radial = if inside {
                term.inside * libm::jn(n, self.k1 * r)
            } else {
                term.outside * (upward.at(n) * term.inverse)
            };
            if !(radial.re.is_finite() && radial.im.is_finite()) {
                break;
            }
            let weight = if n == 0 { 1.0 } else { 2.0 };
            sum += radial * (weight * (f64::from(n) * angle).cos());
            small = if radial.norm() <= 1e-17 * sum.norm() { small + 1 } else { 0 };
            // One small term can be a zero of a Bessel function; three in a row are the tail.
            if small == 3 {
                break;
            }
        }
        let scattered = self.q * Complex64::new(0.0, 0.25) * sum;
        if inside {
            return scattered;
        }
        let distance = (point[0] - self.source[0]).hypot(point[1] - self.source[1]);
        uniform(self.k, self.q, distance) + scattered
    }
}

/// One order of the series, in factors that neither overflow nor underflow early.
#[derive(Debug, Clone, Copy)]
struct Term {
    /// A_n H_n(k r_s) is `outside * inverse`, with `inverse` of the size of 1/H_n(k a).
    outside: Complex64,
    inverse: Complex64,
    /// B_n H_n(k r_s).
    inside: Complex64,
}

impl Term {
    fn new(n: i32, k: f64, k1: f64, a: f64, r_s: f64) -> Option<Term> {
        let j = |n: i32, x: f64| libm::jn(n, x);
        let j_prime = |x: f64| if n == 0 { -j(1, x) } else { 0.5 * (j(n - 1, x) - j(n + 1, x)) };
        let h_prime =
            if n == 0 { -hankel2(1, k * a) } else { 0.5 * (hankel2(n - 1, k * a) - hankel2(n + 1, k * a)) };
        // J_n(k1 a) and its derivative enter as a ratio only: scale them to size one.
        let (inner, inner_prime) = (j(n, k1 * a), k1 * j_prime(k1 * a));
        let scale = inner.abs().max(inner_prime.abs() / k1);
        if scale < 1e-290 {
            return None;
        }
        let (inner, inner_prime) = (inner / scale, inner_prime / scale);
        let denominator = k * h_prime * inner - hankel2(n, k * a) * inner_prime;
        let numerator = k * j_prime(k * a) * inner - j(n, k * a) * inner_prime;
        let inverse = denominator.inv();
        let at_source = hankel2(n, k * r_s);
        // The Wronskian J_n H_n' - J_n' H_n = -2i / (pi k a) gives B_n.
        let inside = Complex64::new(0.0, -2.0 / (PI * a)) * (inverse * at_source) / scale;
        let term = Term { outside: -numerator * at_source, inverse, inside };
        let finite = |c: Complex64| c.re.is_finite() && c.im.is_finite();
        (finite(term.outside) && finite(term.inverse) && finite(term.inside) && inverse.norm() > 0.0)
            .then_some(term)
    }
}

/// H_n^(2)(x) for n = 0, 1, 2, ..., requested in this order: Y_n by its upward recurrence, which is stable.
struct Hankel {
    x: f64,
    y: [f64; 2],
}

impl Hankel {
    fn new(x: f64) -> Hankel {
        // Y_{-1} = -Y_1.
        Hankel { x, y: [-libm::y1(x), libm::y0(x)] }
    }

    fn at(&mut self, n: i32) -> Complex64 {
        let [before, now] = self.y;
        self.y = [now, 2.0 * f64::from(n) / self.x * now - before];
        Complex64::new(libm::jn(n, self.x), -now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OMEGA: f64 = 20.0;
    const DISC: Cylinder =
        Cylinder { centre: [30.0, -20.0], radius: 100.0, velocity: 2000.0, background: 1000.0 };
    const SOURCE: [f64; 2] = [-350.0, 40.0];
    const Q: Complex64 = Complex64::new(1.0, 1.0);

    fn polar(r: f64, angle: f64) -> [f64; 2] {
        [DISC.centre[0] + r * angle.cos(), DISC.centre[1] + r * angle.sin()]
    }

    /// Four reference values, given to six decimals.
    #[test]
    fn uniform_medium_of_the_card() {
        let q = Q * gaussian_factor(20.0, 1e-4);
        for (r, re, im) in [
            (0.10, 0.070203, 0.179932),
            (0.25, -0.032082, -0.119122),
            (0.50, 0.073909, -0.046624),
            (0.75, 0.053835, 0.046863),
        ] {
            assert!((uniform(20.0, q, r) - Complex64::new(re, im)).norm() < 1e-6);
        }
    }

    /// u and du/dr are continuous on the rim: one-sided values at a distance d = 1e-6 a from the rim differ by O(k d)
    /// = 2e-6, and one-sided differences of du/dr by O(d k) plus rounding, 1e-16/1e-6 of k u.
    #[test]
    fn continuous_on_the_rim() {
        let series = DISC.series(OMEGA, Q, SOURCE).unwrap();
        let d = 1e-4;
        for angle in [0.1, 1.7, 3.0, 4.4] {
            let u = |r: f64| series.at(polar(r, angle));
            let jump = u(100.0 + d) - u(100.0 - d);
            assert!(jump.norm() < 2e-5 * u(100.0).norm(), "jump {jump}");
            let outer = (u(100.0 + 2.0 * d) - u(100.0 + d)) / d;
            let inner = (u(100.0 - d) - u(100.0 - 2.0 * d)) / d;
            assert!((outer - inner).norm() < 1e-4 * outer.norm(), "{outer} {inner}");
        }
    }

    /// lap u + k^2 m u = 0 on both sides, by the sixth-order difference at h = 5 m: its error is
    /// h^6 k^8 / 560, relative to k^2 u at most (k h)^6 / 560 = 2e-9.
    #[test]
    fn solves_the_wave_equation() {
        let series = DISC.series(OMEGA, Q, SOURCE).unwrap();
        let (h, weights) = (5.0, [-49.0 / 18.0, 1.5, -0.15, 1.0 / 90.0]);
        for (r, velocity) in [(55.0, 2000.0), (5.0, 2000.0), (150.0, 1000.0), (280.0, 1000.0)] {
            let [x, z] = polar(r, 2.2);
            let u = series.at([x, z]);
            let mut laplacian = 2.0 * weights[0] * u;
            for (k, w) in weights.iter().enumerate().skip(1) {
                let s = k as f64 * h;
                for p in [[x + s, z], [x - s, z], [x, z + s], [x, z - s]] {
                    laplacian += *w * series.at(p);
                }
            }
            let k2 = (OMEGA / velocity).powi(2);
            let residual = (laplacian / (h * h) + k2 * u).norm() / (k2 * u).norm();
            assert!(residual < 1e-8, "r = {r}: {residual:e}");
        }
    }

    /// With the background's velocity inside, the disc has no effect: the field is the Hankel function outside (the
    /// coefficients vanish exactly) and inside (Graf's addition theorem, summed to rounding).
    #[test]
    fn same_velocity_is_uniform() {
        let disc = Cylinder { velocity: 1000.0, ..DISC };
        for r in [0.0, 20.0, 99.0, 101.0, 300.0] {
            let point = polar(r, 0.4);
            let exact = uniform(0.02, Q, (point[0] - SOURCE[0]).hypot(point[1] - SOURCE[1]));
            let found = disc.field(OMEGA, Q, SOURCE, point).unwrap();
            assert!((found - exact).norm() < 1e-12 * exact.norm(), "r = {r}");
        }
    }

    /// Source and receiver can be exchanged: the series is symmetric, to rounding.
    #[test]
    fn reciprocity() {
        let receiver = [400.0, 210.0];
        let forth = DISC.field(OMEGA, Q, SOURCE, receiver).unwrap();
        let back = DISC.field(OMEGA, Q, receiver, SOURCE).unwrap();
        assert!((forth - back).norm() < 1e-13 * forth.norm());
    }

    /// Only distances matter: in a rotated and shifted frame the field is the same to rounding.
    #[test]
    fn rotated_and_shifted() {
        let disc = Cylinder { centre: [0.0, 0.0], ..DISC };
        let (c, s) = (0.6, 0.8);
        let turn = |p: [f64; 2]| {
            let (x, z) = (p[0] - DISC.centre[0], p[1] - DISC.centre[1]);
            [c * x - s * z, s * x + c * z]
        };
        for point in [polar(40.0, 2.0), polar(210.0, 5.0)] {
            let here = DISC.field(OMEGA, Q, SOURCE, point).unwrap();
            let there = disc.field(OMEGA, Q, turn(SOURCE), turn(point)).unwrap();
            assert!((here - there).norm() < 1e-12 * here.norm());
        }
    }

    /// With source and point near the rim: reciprocity to the stated (a^2/(r r_s))^150.
    #[test]
    fn near_the_rim() {
        let (a, b) = (polar(106.0, 0.3), polar(110.0, 0.5));
        let forth = DISC.field(OMEGA, Q, a, b).unwrap();
        let back = DISC.field(OMEGA, Q, b, a).unwrap();
        assert!(forth.re.is_finite() && (forth - back).norm() < 1e-6 * forth.norm());
    }

    /// A source inside is rejected with both distances.
    #[test]
    fn source_inside_is_refused() {
        let error = DISC.field(OMEGA, Q, polar(50.0, 0.0), SOURCE).unwrap_err();
        assert!(
            matches!(error, FdError::SourceInsideDisc { distance, .. } if (distance - 50.0).abs() < 1e-9)
        );
    }
}
