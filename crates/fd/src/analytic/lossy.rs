//! Hankel functions of complex argument, for waves that lose energy.

use std::f64::consts::{FRAC_PI_4, PI};

use num_complex::Complex64;

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// The modulus from which on the asymptotic series is more accurate than the power series; both have about 1e-10 there.
const FAR: f64 = 12.0;

/// H0^(2)(z) and H1^(2)(z) for z with a positive real part.
///
/// # Source
/// NIST Digital Library of Mathematical Functions, equations 10.2.2, 10.8.1, 10.8.2 and 10.17.6.
#[must_use]
pub fn hankel2_complex(z: Complex64) -> [Complex64; 2] {
    if z.norm() < FAR { near(z) } else { [0, 1].map(|order| far(order, z)) }
}

/// The power series of J - i Y.
fn near(z: Complex64) -> [Complex64; 2] {
    let quarter = -0.25 * z * z;
    let logarithm = (0.5 * z).ln() + EULER;
    let mut power = Complex64::ONE;
    let (mut j0, mut j1) = (Complex64::ZERO, Complex64::ZERO);
    let (mut y0, mut y1) = (Complex64::ZERO, Complex64::ZERO);
    // 1 + 1/2 + .. + 1/k.
    let mut harmonic = 0.0;
    for k in 0..80 {
        let next = f64::from(k + 1);
        j0 += power;
        j1 += power / next;
        y0 -= power * harmonic;
        y1 += power / next * (2.0 * harmonic + next.recip());
        harmonic += next.recip();
        power *= quarter / (next * next);
    }
    let half = 0.5 * z;
    let j1 = half * j1;
    let y0 = 2.0 / PI * (logarithm * j0 + y0);
    let y1 = 2.0 / PI * (logarithm * j1) - 2.0 / (PI * z) - half * y1 / PI;
    [j0 - Complex64::I * y0, j1 - Complex64::I * y1]
}

/// The asymptotic series, up to its smallest term.
fn far(order: u8, z: Complex64) -> Complex64 {
    let order = f64::from(order);
    let (mut term, mut sum) = (Complex64::ONE, Complex64::ONE);
    for k in 1..60 {
        let k = f64::from(k);
        let odd = 2.0 * k - 1.0;
        let next = term * -Complex64::I * (4.0 * order * order - odd * odd) / (8.0 * k * z);
        if next.norm() >= term.norm() {
            break;
        }
        term = next;
        sum += term;
    }
    let phase = z - 0.5 * PI * order - FRAC_PI_4;
    (2.0 / (PI * z)).sqrt() * (-Complex64::I * phase).exp() * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Real arguments against another implementation, to the accuracy of the series.
    #[test]
    fn real_arguments() {
        for x in [0.03, 0.7, 3.0, 9.0, 11.9, 12.1, 12.5, 15.0, 30.0, 40.0, 200.0] {
            for (order, found) in hankel2_complex(x.into()).into_iter().enumerate() {
                let exact = crate::analytic::hankel2(order as i32, x);
                assert!((found - exact).norm() < 1e-9 * exact.norm(), "{order} {x}: {found} {exact}");
            }
        }
    }

    /// H0' = -H1 and H1' = H0 - H1/z off the real axis, by central differences of second order, and both series agree.
    #[test]
    fn complex_arguments() {
        let step = 1e-4;
        for z in [Complex64::new(0.4, -0.1), Complex64::new(7.0, -0.8), Complex64::new(25.0, -3.0)] {
            let [h0, h1] = hankel2_complex(z);
            let [after, before] = [1.0, -1.0].map(|sign| hankel2_complex(z + sign * step));
            let slope = |n: usize| (after[n] - before[n]) / (2.0 * step);
            assert!((slope(0) + h1).norm() < 1e-6 * h1.norm(), "{z}");
            assert!((slope(1) - h0 + h1 / z).norm() < 1e-6 * h1.norm(), "{z}");
        }
        let z = Complex64::from_polar(FAR, -0.1);
        for (order, near) in near(z).into_iter().enumerate() {
            let far = far(order as u8, z);
            assert!((near - far).norm() < 1e-8 * far.norm(), "{order}: {near} {far}");
        }
    }
}
