//! sin: its derivatives are itself shifted by quarter periods.

use burn::tensor::Tensor;

use crate::activation::Pointwise;
use crate::fused::Lanes;

pub(super) struct Sine;

impl Pointwise for Sine {
    const NAME: &'static str = "sine";
    const PERIODIC: bool = true;

    fn derivatives(a: f64) -> [f64; 4] {
        let (s, c) = a.sin_cos();
        [s, c, -s, -c]
    }

    fn tensor(a: Tensor<2>) -> [Tensor<2>; 3] {
        let s = a.clone().sin();
        [s.clone(), a.cos(), s.neg()]
    }

    #[inline(always)]
    fn cache<V: Lanes>(a: V) -> [V; 2] {
        sin_cos(a)
    }

    #[inline(always)]
    fn expand<V: Lanes>([s, c]: [V; 2]) -> [V; 4] {
        [s, c, s.neg(), c.neg()]
    }
}

/// Sine and cosine to 1e-7 absolute for |a| up to 8000, degrading slowly beyond.
///
/// a = q pi/2 + r with |r| <= pi/4, pi/2 in three parts of which the first two have so few bits that their
/// products with q are exact (Cody and Waite, 1980); then the polynomials of the Cephes library for f32.
#[inline(always)]
fn sin_cos<V: Lanes>(a: V) -> [V; 2] {
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer.
    let magic = V::splat(12_582_912.0);
    let q = a.mul_add(V::splat(std::f32::consts::FRAC_2_PI), magic).sub(magic);
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
