//! The jet network with complex weights and the complex Gabor function, in plain Burn operations.
//!
//! With a = w0 (h W + b) = x + i y and r = s0/w0, a layer is exp(p), p = i a - r^2 |a|^2. This is not holomorphic in a, but
//! smooth in the coordinates: the first derivative is p' exp(p), the second (p'' + p'^2) exp(p), where
//! p' = i a' - 2 r^2 (x x' + y y') and p'' = i a'' - 2 r^2 (x'^2 + y'^2 + x x'' + y y''). In a mixed second derivative the
//! squares are products of the two first ones.
//!
//! Saragadam et al., WIRE: wavelet implicit neural representations (CVPR 2023), equation 5 and section 3.2.

use std::ops::{Add, Mul};

use burn::tensor::Tensor;

use crate::architecture::Architecture;
use crate::jet::{Jet, JetOrder};

/// A complex tensor.
#[derive(Clone)]
struct Complex {
    re: Tensor<2>,
    im: Tensor<2>,
}

impl Complex {
    /// The rows of one stream.
    fn stream(&self, stream: usize, n: usize) -> Self {
        let rows = |part: &Tensor<2>| part.clone().narrow(0, stream * n, n);
        Self { re: rows(&self.re), im: rows(&self.im) }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re.clone() * other.re.clone() - self.im.clone() * other.im.clone(),
            im: self.re * other.im + self.im * other.re,
        }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

/// The jet of the network; parameters in the order of [`Architecture::shapes`].
pub(crate) fn reference(
    architecture: &Architecture,
    parameters: &[Tensor<2>],
    points: &Tensor<2>,
    order: JetOrder,
) -> Jet {
    let [n, inputs] = points.dims();
    let own = &parameters[2 * architecture.layers + 2..];
    let features = architecture.encoding.streams(own, points, order);
    let real = features.unwrap_or_else(|| crate::encoding::identity(points, order));
    let mut h = Complex { im: real.zeros_like(), re: real };
    for layer in 0..architecture.layers {
        let (weight, bias) = (&parameters[2 * layer], &parameters[2 * layer + 1]);
        let part = |tensor: &Tensor<2>, which: usize| {
            let rows = tensor.dims()[0] / 2;
            tensor.clone().narrow(0, which * rows, rows)
        };
        let (z, bias) = if layer == 0 {
            let re = h.re.matmul(weight.clone());
            (Complex { im: re.zeros_like(), re }, Complex { im: bias.zeros_like(), re: bias.clone() })
        } else {
            let [w_re, w_im] = [part(weight, 0), part(weight, 1)];
            let re = h.re.clone().matmul(w_re.clone()) - h.im.clone().matmul(w_im.clone());
            let im = h.re.matmul(w_im) + h.im.matmul(w_re);
            (Complex { re, im }, Complex { re: part(bias, 0), im: part(bias, 1) })
        };
        let factor = architecture.factor(layer);
        let scaled = |z: Complex| Complex { re: z.re.mul_scalar(factor), im: z.im.mul_scalar(factor) };
        let a = |stream: usize| {
            let z = z.stream(stream, n);
            scaled(if stream == 0 { z + bias.clone() } else { z })
        };
        h = gabor(a, architecture.shape(layer), order, inputs);
    }
    let (weight, bias) = (&parameters[2 * architecture.layers], &parameters[2 * architecture.layers + 1]);
    let o = Tensor::cat(vec![h.re, h.im], 1).matmul(weight.clone());
    let value = o.clone().narrow(0, 0, n) + bias.clone();
    let rest = o.dims()[0] - n;
    let all = if rest == 0 { value } else { Tensor::cat(vec![value, o.narrow(0, n, rest)], 0) };
    Jet::new(all, order, inputs)
}

/// The streams of exp(p) from those of a.
fn gabor(stream: impl Fn(usize) -> Complex, r: f32, order: JetOrder, inputs: usize) -> Complex {
    let a = stream(0);
    let window = -2.0 * r * r;
    let dot = |b: &Complex, c: &Complex| b.re.clone() * c.re.clone() + b.im.clone() * c.im.clone();
    let size = (dot(&a, &a).mul_scalar(0.5 * window) - a.im.clone()).exp();
    let h = Complex { re: size.clone() * a.re.clone().cos(), im: size * a.re.clone().sin() };
    let first = |axis: usize| {
        let da = stream(1 + axis);
        Complex { re: dot(&a, &da).mul_scalar(window) - da.im, im: da.re }
    };
    let mut parts = vec![h.clone()];
    let streams = order.streams(inputs);
    for s in 1..streams.min(inputs + 1) {
        parts.push(h.clone() * first(s - 1));
    }
    for s in inputs + 1..streams {
        let dda = stream(s);
        let mut p = Complex { re: dot(&a, &dda).mul_scalar(window) - dda.im, im: dda.re };
        for [i, j] in order.partials(inputs, s) {
            let products = dot(&stream(1 + i), &stream(1 + j)).mul_scalar(window);
            p = p + first(i) * first(j) + Complex { im: products.zeros_like(), re: products };
        }
        parts.push(h.clone() * p);
    }
    let (re, im) = parts.into_iter().map(|part| (part.re, part.im)).unzip();
    Complex { re: Tensor::cat(re, 0), im: Tensor::cat(im, 0) }
}
