//! The jet network in plain Burn operations.

use burn::tensor::Tensor;

use crate::architecture::{Architecture, Numbers};
use crate::complex;
use crate::jet::{Jet, JetOrder};

/// The jet network in plain Burn operations: the reference for the fused operation, and the implementation for other
/// backends.
pub(crate) fn reference(
    architecture: &Architecture,
    parameters: &[Tensor<2>],
    points: Tensor<2>,
    order: JetOrder,
) -> Jet {
    if architecture.numbers == Numbers::Complex {
        return complex::reference(architecture, parameters, &points, order);
    }
    let n = points.dims()[0];
    let inputs = architecture.inputs;
    let streams = order.streams(inputs);
    // First partials are constant on a first layer that receives the points: they are rows of its weight.
    let encoded = architecture.encoding.streams(&parameters[2 * architecture.layers + 2..], &points, order);
    let mut first = encoded.is_none();
    let mut h = encoded.unwrap_or(points);
    for layer in 0..architecture.layers {
        let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
        let factor = architecture.factor(layer);
        let z = h.clone().matmul(weight.clone()).mul_scalar(factor);
        let stream = |s: usize| match (first, s) {
            (false, _) => Some(z.clone().narrow(0, s * n, n)),
            (true, 0) => Some(z.clone()),
            (true, s) if s <= inputs => Some(weight.clone().narrow(0, s - 1, 1).mul_scalar(factor)),
            (true, _) => None,
        };
        let a = stream(0).expect("the value stream") + bias.clone().mul_scalar(factor);
        let [f, f1, f2] = (architecture.activation.row().tensor)(a, architecture.shape(layer));
        let mut parts = vec![f];
        for s in 1..streams.min(inputs + 1) {
            parts.push(f1.clone() * stream(s).expect("a first partial"));
        }
        let product = |along: [usize; 2]| {
            let [z_a, z_b] = along.map(|axis| stream(1 + axis).expect("a first partial"));
            z_a * z_b
        };
        for s in inputs + 1..streams {
            let products = order.partials(inputs, s).map(product);
            let bend = f2.clone() * products.reduce(|sum, next| sum + next).expect("a partial");
            parts.push(match stream(s) {
                Some(z_aa) => f1.clone() * z_aa + bend,
                None => bend,
            });
        }
        h = if streams == 1 { parts.swap_remove(0) } else { Tensor::cat(parts, 0) };
        first = false;
    }
    let (weight, bias) = (&parameters[2 * architecture.layers], &parameters[2 * architecture.layers + 1]);
    let o = h.matmul(weight.clone());
    let value = o.clone().narrow(0, 0, n) + bias.clone();
    let all =
        if streams == 1 { value } else { Tensor::cat(vec![value, o.narrow(0, n, (streams - 1) * n)], 0) };
    Jet::new(all, order, inputs)
}
