//! Sines and cosines of fixed frequencies, with or without the coordinates themselves.

use burn::tensor::Tensor;

use super::features::Features;

/// `[x, sin(x F), cos(x F)]`, or without the x.
///
/// # Shapes
/// `frequencies` F is `[coordinate, wave]` in rad per unit; `points` is `[N, coordinate]`.
pub(super) fn features(frequencies: Tensor<2>, points: &Tensor<2>, with_points: bool) -> Features<'_> {
    let phase = points.clone().matmul(frequencies.clone());
    let (sine, cosine) = (phase.clone().sin(), phase.cos());
    let joined = move |coordinates: Tensor<2>, waves: [Tensor<2>; 2]| {
        let [sine, cosine] = waves;
        Tensor::cat(if with_points { vec![coordinates, sine, cosine] } else { vec![sine, cosine] }, 1)
    };
    let value = joined(points.clone(), [sine.clone(), cosine.clone()]);
    let row = move |axis: usize| frequencies.clone().narrow(0, axis, 1);
    let first = {
        let (row, sine, cosine) = (row.clone(), sine.clone(), cosine.clone());
        move |axis: usize| {
            let waves = [row(axis) * cosine.clone(), (row(axis) * sine.clone()).neg()];
            joined(unit(points, axis), waves)
        }
    };
    let second = move |[i, j]: [usize; 2]| {
        let product = (row(i) * row(j)).neg();
        joined(points.zeros_like(), [product.clone() * sine.clone(), product * cosine.clone()])
    };
    Features { value, first: Box::new(first), second: Box::new(second) }
}

/// The coordinates as features.
pub(super) fn coordinates(points: &Tensor<2>) -> Features<'_> {
    Features {
        value: points.clone(),
        first: Box::new(|axis| unit(points, axis)),
        second: Box::new(|_| points.zeros_like()),
    }
}

/// The derivative of the coordinates along an axis.
fn unit(points: &Tensor<2>, axis: usize) -> Tensor<2> {
    let column = |column: usize| {
        let zero = points.clone().narrow(1, column, 1).zeros_like();
        if column == axis { zero + 1.0 } else { zero }
    };
    Tensor::cat((0..points.dims()[1]).map(column).collect(), 1)
}
