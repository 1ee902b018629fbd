//! s = 1/(1 + exp(-a)), with its derivatives written in s and 1 - s.

use burn::tensor::{Tensor, activation};

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::{SingleLanes, elementary::exp};

pub(super) struct Sigmoid;

impl Pointwise for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const INIT: WeightInit = WeightInit::XavierNormal;

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        let [s, rest] = [1.0 / (1.0 + (-a).exp()), 1.0 / (1.0 + a.exp())];
        let d = s * rest;
        [s, d, d * (rest - s), d * (1.0 - 6.0 * d)]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let s = activation::sigmoid(a.clone());
        let rest = activation::sigmoid(a.neg());
        let d = s.clone() * rest.clone();
        [s.clone(), d.clone(), d * (rest - s)]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        let e = exp(a.neg());
        let s = V::splat(1.0).div(e.add(V::splat(1.0)));
        [s, e.mul(s)]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([s, rest]: [V; 2], _: f32) -> [V; 4] {
        let d = s.mul(rest);
        [s, d, d.mul(rest.sub(s)), d.mul(V::splat(6.0).neg_mul_add(d, V::splat(1.0)))]
    }
}
