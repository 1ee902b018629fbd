//! exp(-q^2) with q = s |x - c|^2. With d = x - c along an axis, the first derivative is the function times -4 s q d,
//! and the second derivative is the function times 16 s^2 q^2 d^2 - 8 s^2 d^2 - 4 s q. In a mixed second derivative d^2 is
//! the product of the two d, and the last term is absent.

use burn::tensor::Tensor;

use super::features::Features;

/// The functions at all points.
///
/// # Shapes
/// `centres` is `[centre, coordinate]`, `sharpness` `[1, centre]`, `points` `[N, coordinate]`.
pub(super) fn features<'a>(
    centres: &'a Tensor<2>,
    sharpness: &'a Tensor<2>,
    points: &'a Tensor<2>,
) -> Features<'a> {
    let distance =
        move |axis: usize| points.clone().narrow(1, axis, 1) - centres.clone().narrow(1, axis, 1).transpose();
    let squares = (0..points.dims()[1]).map(|axis| distance(axis) * distance(axis));
    let r2 = squares.reduce(|sum, next| sum + next).expect("points have coordinates");
    let q = r2 * sharpness.clone();
    let value = (q.clone() * q.clone()).neg().exp();
    let slope = q * sharpness.clone() * 4.0;
    let first = {
        let (slope, value) = (slope.clone(), value.clone());
        move |axis: usize| (slope.clone() * distance(axis) * value.clone()).neg()
    };
    let second = {
        let value = value.clone();
        move |[i, j]: [usize; 2]| {
            let d2 = distance(i) * distance(j);
            let s2 = sharpness.clone() * sharpness.clone();
            let bend = (slope.clone() * slope.clone() - s2 * 8.0) * d2;
            (if i == j { bend - slope.clone() } else { bend }) * value.clone()
        }
    };
    Features { value, first: Box::new(first), second: Box::new(second) }
}
