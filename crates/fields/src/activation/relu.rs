//! max(a, 0): piecewise linear, so its second derivative is zero wherever it exists. A relu network has no Laplacian
//! on which an equation could act. This is a result worth showing, not an error.

use burn::tensor::{Tensor, activation::relu};

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::SingleLanes;

pub(super) struct Relu;

impl Pointwise for Relu {
    const NAME: &'static str = "relu";
    const INIT: WeightInit = WeightInit::HeNormal;
    const CONTINUOUS: usize = 0;
    const KINKS: &'static [f64] = &[0.0];

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        [a.max(0.0), if a > 0.0 { 1.0 } else { 0.0 }, 0.0, 0.0]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let step = a.clone().greater_elem(0.0).float();
        let zero = step.zeros_like();
        [relu(a), step, zero]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        [a.max(V::splat(0.0)), a.select_positive(V::splat(1.0), V::splat(0.0))]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([value, step]: [V; 2], _: f32) -> [V; 4] {
        [value, step, V::splat(0.0), V::splat(0.0)]
    }
}
