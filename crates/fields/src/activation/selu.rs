//! Self-normalising: lambda a for a > 0, lambda alpha (exp(a) - 1) otherwise. Its first derivative jumps at 0, from
//! lambda alpha to lambda; the second is that of the two pieces.
//!
//! Klambauer et al., Self-normalizing neural networks (NeurIPS 2017), equation 2 and the constants below it.

use burn::tensor::{Tensor, activation::relu};

use lanes::{SingleLanes, elementary::exp};

const LAMBDA: f64 = 1.050_700_987_355_480_5;
const LAMBDA_ALPHA: f64 = LAMBDA * 1.673_263_242_354_377_2;
use crate::initialization::WeightInit;
use crate::pointwise::Pointwise;

pub(super) struct Selu;

impl Pointwise for Selu {
    const NAME: &'static str = "selu";
    const INIT: WeightInit = WeightInit::LecunNormal;
    const CONTINUOUS: usize = 0;
    const KINKS: &'static [f64] = &[0.0];

    fn derivatives(a: f64, _: f64) -> [f64; 4] {
        if a > 0.0 {
            return [LAMBDA * a, LAMBDA, 0.0, 0.0];
        }
        let bend = LAMBDA_ALPHA * a.exp();
        [LAMBDA_ALPHA * a.exp_m1(), bend, bend, bend]
    }

    fn tensor(a: Tensor<2>, _: f32) -> [Tensor<2>; 3] {
        let step = a.clone().greater_elem(0.0).float();
        let left = relu(a.clone().neg()).neg().exp();
        let value = relu(a).mul_scalar(LAMBDA) + (left.clone() - 1.0).mul_scalar(LAMBDA_ALPHA);
        let bend = left * step.clone().neg().add_scalar(1.0).mul_scalar(LAMBDA_ALPHA);
        [value, bend.clone() + step.mul_scalar(LAMBDA), bend]
    }

    #[inline(always)]
    fn cache<V: SingleLanes>(a: V, _: f32) -> [V; 2] {
        let constant = V::splat(LAMBDA_ALPHA as f32);
        let left = constant.mul(exp(a.min(V::splat(0.0))));
        let value = a.select_positive(a.mul(V::splat(LAMBDA as f32)), left.sub(constant));
        [value, a.select_positive(V::splat(0.0), left)]
    }

    #[inline(always)]
    fn expand<V: SingleLanes>([value, bend]: [V; 2], _: f32) -> [V; 4] {
        let slope = value.select_positive(V::splat(LAMBDA as f32), bend);
        [value, slope, bend, bend]
    }
}
