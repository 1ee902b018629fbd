//! sin: each derivative is the function shifted by a quarter period.

use burn::tensor::Tensor;

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::{SingleLanes, elementary::sin_cos};

pub(super) struct Sine;

impl Pointwise for Sine {
    const NAME: &'static str = "sine";
    const INIT: WeightInit = WeightInit::Siren;
    const W0: f32 = 30.0;

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        let (s, c) = a.sin_cos();
        [s, c, -s, -c]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let s = a.clone().sin();
        [s.clone(), a.cos(), s.neg()]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        sin_cos(a)
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([s, c]: [V; 2], _: f32) -> [V; 4] {
        [s, c, s.neg(), c.neg()]
    }
}
