//! Elementary functions on lanes: sine and cosine, exponential, and logarithm near 1, for the activations.
//!
//! Each function states its accuracy; a test checks all of them against f64 on every instruction set.

use crate::single::SingleLanes;

/// Sine and cosine to 1e-7 absolute for |a| up to 8000, degrading slowly beyond.
///
/// a = q pi/2 + r with |r| <= pi/4, pi/2 in three parts of which the first two have so few bits that their
/// products with q are exact (Cody and Waite, 1980); then the polynomials of the Cephes library for f32.
#[inline(always)]
#[must_use]
pub fn sin_cos<V: SingleLanes>(a: V) -> [V; 2] {
    let q = rounded(a, std::f32::consts::FRAC_2_PI);
    let mut r = q.neg_mul_add(V::splat(1.570_312_5), a);
    r = q.neg_mul_add(V::splat(4.837_513e-4), r);
    r = q.neg_mul_add(V::splat(7.549_79e-8), r);
    let r2 = r.mul(r);
    let mut s = V::splat(-1.951_529_6e-4).mul_add(r2, V::splat(8.332_161e-3));
    s = s.mul_add(r2, V::splat(-1.666_665_5e-1));
    s = s.mul(r2).mul_add(r, r);
    let mut c = V::splat(2.443_315_7e-5).mul_add(r2, V::splat(-1.388_731_6e-3));
    c = c.mul_add(r2, V::splat(4.166_664_6e-2));
    c = c.mul_add(r2, V::splat(-0.5));
    c = c.mul_add(r2, V::splat(1.0));
    V::quadrant(q, s, c)
}

/// exp to 2e-7 relative. Arguments are clamped to -87 and 88, so that results are normal numbers: 1.6e-38 stands for
/// zero, 1.7e38 for infinity.
///
/// a = q ln 2 + r with |r| <= ln(2)/2, ln 2 in two parts (Cody and Waite, 1980), then the Taylor polynomial of
/// degree 7, whose remainder is r^8/8! = 5e-9.
#[inline(always)]
#[must_use]
pub fn exp<V: SingleLanes>(a: V) -> V {
    let a = a.max(V::splat(-87.0)).min(V::splat(88.0));
    let q = rounded(a, std::f32::consts::LOG2_E);
    let r = q.neg_mul_add(V::splat(-2.121_944_4e-4), q.neg_mul_add(V::splat(0.693_359_4), a));
    let mut p = V::splat(1.0 / 5040.0);
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p.mul_add(r, V::splat(coefficient));
    }
    p.mul(q.power_of_two())
}

/// ln(1 + t) to 3e-7 relative, for 0 <= t <= 1.
///
/// 2 artanh(s) with s = t/(2 + t), at most 1/3: the series of artanh up to s^13, whose remainder is
/// s^15/15 = 5e-9.
#[inline(always)]
#[must_use]
pub fn ln_1p<V: SingleLanes>(t: V) -> V {
    let s = t.div(t.add(V::splat(2.0)));
    let s2 = s.mul(s);
    let mut p = V::splat(1.0 / 13.0);
    for coefficient in [1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0] {
        p = p.mul_add(s2, V::splat(coefficient));
    }
    p.mul(s.add(s))
}

/// The integer nearest to a times a factor, below 4e6 in size: adding and subtracting 1.5 * 2^23 rounds.
#[inline(always)]
fn rounded<V: SingleLanes>(a: V, factor: f32) -> V {
    let magic = V::splat(12_582_912.0);
    a.mul_add(V::splat(factor), magic).sub(magic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lanes as _;

    type Portable = crate::Portable<f32, 16>;

    /// Applies a function to numbers on the portable lanes; the tests of the kernel compare the other lanes with
    /// these.
    fn map(x: &[f32], f: impl Fn(Portable) -> Portable) -> Vec<f32> {
        let mut all = Vec::new();
        for chunk in x.chunks(16) {
            let mut lanes = [0.0; 16];
            lanes[..chunk.len()].copy_from_slice(chunk);
            f(Portable::load(&lanes, 0)).store(&mut lanes, 0);
            all.extend(&lanes[..chunk.len()]);
        }
        all
    }

    fn worst(x: &[f32], f: impl Fn(Portable) -> Portable, exact: impl Fn(f64) -> f64) -> f64 {
        let error = |(x, y): (&f32, f32)| {
            let exact = exact(f64::from(*x));
            ((f64::from(y) - exact) / exact).abs()
        };
        x.iter().zip(map(x, f)).map(error).fold(0.0, f64::max)
    }

    /// The stated accuracies.
    #[test]
    fn accuracy() {
        let x: Vec<f32> = (-86_000..88_000).map(|i| i as f32 * 1e-3).collect();
        assert!(worst(&x, exp, f64::exp) < 2e-7, "{}", worst(&x, exp, f64::exp));
        let t: Vec<f32> = (1..=20_000).map(|i| i as f32 / 20_000.0).chain([1e-30, 1e-10]).collect();
        assert!(worst(&t, ln_1p, f64::ln_1p) < 3e-7, "{}", worst(&t, ln_1p, f64::ln_1p));
        let x: Vec<f32> = (-80_000..80_000).map(|i| i as f32 * 0.1).collect();
        for (which, exact) in [(0, f64::sin as fn(f64) -> f64), (1, f64::cos)] {
            for (x, y) in x.iter().zip(map(&x, |a| sin_cos(a)[which])) {
                assert!((f64::from(y) - exact(f64::from(*x))).abs() < 2e-7, "{which} {x} {y}");
            }
        }
    }

    /// For large arguments results stay finite, and NaN stays NaN.
    #[test]
    fn ends() {
        let y = map(&[f32::NEG_INFINITY, -1e30, -200.0, 200.0, f32::INFINITY, f32::NAN], exp);
        assert!(y[..3].iter().all(|y| *y > 0.0 && *y < 2e-38), "{y:?}");
        assert!(y[3..5].iter().all(|y| y.is_finite() && *y > 1e38), "{y:?}");
        assert!(y[5].is_nan(), "{y:?}");
        assert_eq!(map(&[0.0], exp), [1.0]);
        assert_eq!(map(&[0.0], ln_1p), [0.0]);
    }
}
