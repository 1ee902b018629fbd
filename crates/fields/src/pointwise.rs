//! An activation function as its file writes it.

use burn::tensor::Tensor;

use crate::initialization::WeightInit;
use lanes::SingleLanes;

/// An activation function, as implemented in its file.
pub(crate) trait Pointwise: 'static {
    /// Name in scenarios.
    const NAME: &'static str;
    /// Default initial weights.
    const INIT: WeightInit;
    /// Default frequency factor w0 (for a Gaussian, the inverse width).
    const W0: f32 = 1.0;
    /// Order of the highest continuous derivative.
    const CONTINUOUS: usize = usize::MAX;
    /// The points where the next derivative jumps.
    const KINKS: &'static [f64] = &[];
    /// Value, first, second and third derivative at `a`; at kinks, those of one of the smooth pieces.
    fn derivatives(a: f64, shape: f64) -> [f64; 4];
    /// Value, first and second derivative as tensor operations that Burn can differentiate again.
    fn tensor(a: Tensor<2>, shape: f32) -> [Tensor<2>; 3];
    /// The expensive part of the evaluation, which the backward pass uses twice.
    fn cache<V: SingleLanes>(a: V, shape: f32) -> [V; 2];
    /// Value, first, second and third derivative from [`Pointwise::cache`].
    fn expand<V: SingleLanes>(cache: [V; 2], shape: f32) -> [V; 4];
}
