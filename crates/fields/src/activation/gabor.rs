//! exp(-(r a)^2) cos a with a = w0 (W h + b) and the shape r = s0/w0: the real part of the complex Gabor function
//! exp(i w0 z - |s0 z|^2) of Saragadam et al., WIRE (CVPR 2023), equation 5, where z is real. The complex network of
//! that paper is `numbers: complex`.
//!
//! With q = i - 2 r^2 a the complex function h has the derivatives q h, (q^2 - 2 r^2) h and (q^3 - 6 r^2 q) h.

use burn::tensor::Tensor;

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::{
    SingleLanes,
    elementary::{exp, sin_cos},
};

pub(super) struct Gabor;

/// Where r a exceeds this, the function is below 1e-39, and the factors before it no longer need to grow.
const END: f32 = 10.0;

impl Pointwise for Gabor {
    const NAME: &'static str = "gabor";
    const INIT: WeightInit = WeightInit::Uniform;
    const W0: f32 = 30.0;

    fn derivatives(a: f64, r: f64) -> [f64; 4] {
        let a = a.clamp(-30.0 / r, 30.0 / r);
        let (r2, (s, c)) = (r * r, a.sin_cos());
        let (u, f) = (2.0 * r2 * a, (-r2 * a * a).exp());
        let third = u * (3.0 - u * u + 6.0 * r2) * c - (3.0 * u * u - 1.0 - 6.0 * r2) * s;
        let second = (u * u - 1.0 - 2.0 * r2) * c + 2.0 * u * s;
        [f * c, -f * (u * c + s), f * second, f * third]
    }

    fn tensor(a: Tensor<2>, r: f32) -> [Tensor<2>; 3] {
        let r2 = r * r;
        let f = (a.clone() * a.clone()).mul_scalar(-r2).exp();
        let (fc, fs) = (a.clone().cos() * f.clone(), a.clone().sin() * f);
        let u = a.clamp(-END / r, END / r).mul_scalar(2.0 * r2);
        let first = (u.clone() * fc.clone() + fs.clone()).neg();
        let second = (u.clone() * u.clone()).sub_scalar(1.0 + 2.0 * r2) * fc.clone() + u * fs * 2.0;
        [fc, first, second]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, r: f32) -> [V; 2] {
        let a = a.max(V::splat(-END / r)).min(V::splat(END / r));
        [a, exp(a.mul(a).mul(V::splat(-r * r)))]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([a, f]: [V; 2], r: f32) -> [V; 4] {
        let r2 = r * r;
        let [s, c] = sin_cos(a);
        let (s, c, u) = (s.mul(f), c.mul(f), a.mul(V::splat(2.0 * r2)));
        let (uc, u2) = (u.mul(c), u.mul(u));
        let second = u2.sub(V::splat(1.0 + 2.0 * r2)).mul_add(c, u.add(u).mul(s));
        let even = V::splat(3.0).mul_add(u2, V::splat(-1.0 - 6.0 * r2));
        let third = even.neg_mul_add(s, V::splat(3.0 + 6.0 * r2).sub(u2).mul(uc));
        [c, uc.add(s).neg(), second, third]
    }
}
