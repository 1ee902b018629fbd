//! tanh, with its derivatives written in its value t: 1 - t^2, -2 t (1 - t^2), (6 t^2 - 2)(1 - t^2).

use burn::tensor::Tensor;

use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;
use lanes::SingleLanes;

pub(super) struct Tanh;

impl Pointwise for Tanh {
    const NAME: &'static str = "tanh";
    const INIT: WeightInit = WeightInit::XavierNormal;

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        let t = a.tanh();
        let d = 1.0 - t * t;
        [t, d, -2.0 * t * d, (6.0 * t * t - 2.0) * d]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let t = a.tanh();
        let d = t.clone().mul(t.clone()).neg().add_scalar(1.0);
        let dd = t.clone().mul(d.clone()).mul_scalar(-2.0);
        [t, d, dd]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        let t = tanh(a);
        [t, t.neg_mul_add(t, V::splat(1.0))]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([t, d]: [V; 2], _: f32) -> [V; 4] {
        let td = t.mul(d);
        let third = td.mul(t).mul(V::splat(6.0)).sub(d.add(d));
        [t, d, td.add(td).neg(), third]
    }
}

/// tanh to 3e-7 relative: Lambert's continued fraction at a/4, which is below 2.3 once tanh has saturated in
/// f32, then tanh(2y) = 2 t / (1 + t^2) twice (the doubling never amplifies a relative error).
#[inline(always)]
fn tanh<V: SingleLanes>(a: V) -> V {
    let y = a.max(V::splat(-9.2)).min(V::splat(9.2)).mul(V::splat(0.25));
    let y2 = y.mul(y);
    let p = y2.add(V::splat(378.0)).mul_add(y2, V::splat(17_325.0)).mul_add(y2, V::splat(135_135.0));
    let q = V::splat(28.0)
        .mul_add(y2, V::splat(3_150.0))
        .mul_add(y2, V::splat(62_370.0))
        .mul_add(y2, V::splat(135_135.0));
    let one = V::splat(1.0);
    let mut t = y.mul(p).div(q);
    t = t.add(t).div(t.mul_add(t, one));
    t.add(t).div(t.mul_add(t, one))
}
