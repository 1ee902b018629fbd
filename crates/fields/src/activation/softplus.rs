//! ln(1 + exp(a)) = max(a, 0) + ln(1 + exp(-|a|)); its first derivative is the sigmoid.

use burn::tensor::{Tensor, activation};

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::{
    SingleLanes,
    elementary::{exp, ln_1p},
};

pub(super) struct Softplus;

impl Pointwise for Softplus {
    const NAME: &'static str = "softplus";
    const INIT: WeightInit = WeightInit::HeNormal;

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        let [s, rest] = [1.0 / (1.0 + (-a).exp()), 1.0 / (1.0 + a.exp())];
        let d = s * rest;
        [a.max(0.0) + (-a.abs()).exp().ln_1p(), s, d, d * (rest - s)]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let s = activation::sigmoid(a.clone());
        let d = s.clone() * activation::sigmoid(a.clone().neg());
        [activation::log_sigmoid(a.neg()).neg(), s, d]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        let (one, positive) = (V::splat(1.0), a.max(V::splat(0.0)));
        // -|a|, and exp of it, below 1: neither overflows.
        let e = exp(a.sub(positive.add(positive)));
        let small = e.div(e.add(one));
        [positive.add(ln_1p(e)), a.select_positive(one.sub(small), small)]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([value, s]: [V; 2], _: f32) -> [V; 4] {
        let rest = V::splat(1.0).sub(s);
        let d = s.mul(rest);
        [value, s, d, d.mul(rest.sub(s))]
    }
}
