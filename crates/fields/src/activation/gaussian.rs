//! exp(-a^2) with a = w0 (W h + b): w0 is the inverse width, 10 as in the comparisons of Saragadam et al., WIRE (CVPR
//! 2023); Ramasinghe and Lucey, Beyond periodicity (ECCV 2022), write it as 1/(sqrt(2) sigma).

use burn::tensor::Tensor;

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::{SingleLanes, elementary::exp};

pub(super) struct Gaussian;

/// Beyond this the function and its derivatives are below 1e-39, and the factors before it no longer need to grow.
const END: f32 = 10.0;

impl Pointwise for Gaussian {
    const NAME: &'static str = "gaussian";
    const INIT: WeightInit = WeightInit::Uniform;
    const W0: f32 = 10.0;

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        let a = a.clamp(-30.0, 30.0);
        let (f, a2) = ((-a * a).exp(), a * a);
        [f, -2.0 * a * f, (4.0 * a2 - 2.0) * f, (12.0 - 8.0 * a2) * a * f]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let f = (a.clone() * a.clone()).neg().exp();
        let a = a.clamp(-END, END);
        let first = a.clone().mul_scalar(-2.0) * f.clone();
        let second = (a.clone() * a).mul_scalar(4.0).sub_scalar(2.0) * f.clone();
        [f, first, second]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        let a = a.max(V::splat(-END)).min(V::splat(END));
        [a, exp(a.mul(a).neg())]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([a, f]: [V; 2], _: f32) -> [V; 4] {
        let (a2, af) = (a.mul(a), a.mul(f));
        let second = V::splat(4.0).mul_add(a2, V::splat(-2.0)).mul(f);
        [f, af.add(af).neg(), second, V::splat(-8.0).mul_add(a2, V::splat(12.0)).mul(af)]
    }
}
