//! Features of points with their derivatives.

use burn::tensor::Tensor;

use crate::jet::JetOrder;

/// Features at N points, and closures for their derivatives, which not every jet needs.
pub(super) struct Features<'a> {
    pub(super) value: Tensor<2>,
    pub(super) first: Box<dyn Fn(usize) -> Tensor<2> + 'a>,
    /// The second derivative along two axes, which may be the same.
    pub(super) second: Box<dyn Fn([usize; 2]) -> Tensor<2> + 'a>,
}

impl Features<'_> {
    /// The jet of the features, `[stream * N + point, feature]`.
    pub(super) fn streams(self, order: JetOrder, inputs: usize) -> Tensor<2> {
        let streams = order.streams(inputs);
        let mut parts = vec![self.value];
        for s in 1..streams.min(inputs + 1) {
            parts.push((self.first)(s - 1));
        }
        for s in inputs + 1..streams {
            let partials = order.partials(inputs, s).map(&self.second);
            parts.push(partials.reduce(|sum, next| sum + next).expect("a partial"));
        }
        if streams == 1 { parts.swap_remove(0) } else { Tensor::cat(parts, 0) }
    }
}
