//! Functions whose second derivatives jump at an interface.

use crate::basis::{Basis, STREAMS};
use crate::collocation::Point;

/// Where functions with kinks are: in a body with another velocity, or in absorbing layers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A disc.
    Disc {
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f64,
    },
    /// A rectangle along the axes.
    Box {
        /// Corner of the smallest coordinates.
        low: Point,
        /// Corner of the largest.
        high: Point,
    },
    /// The absorbing layers on both sides of one axis, whose stretching grows with the square of the depth: there the third
    /// derivative of a wavefield jumps.
    Layers {
        /// The axis, 0 for x and 1 for z.
        axis: usize,
        /// Where the layers begin, on the low and the high side.
        inner: [f64; 2],
        /// How thick they are.
        thickness: f64,
    },
}

/// The functions of a basis times the square of a level function that is positive inside a body and zero outside, or the
/// cube of the depth in a layer.
///
/// Where the velocity jumps the Laplacian of a wavefield jumps and its gradient does not. The square of the level has just
/// that: continuous with its gradient, its second normal derivative jumps. Smooth functions and these together fit a
/// wavefield across a sharp interface, which smooth ones alone do not.
///
/// # Source
/// The enrichment of partition-of-unity finite elements at interfaces: Moes et al., Comput. Methods Appl. Mech. Engrg. 192
/// (2003), section 3; here one order smoother, for a jump in the second derivative.
pub struct Kinked<B> {
    base: B,
    shape: Shape,
}

impl<B: Basis> Kinked<B> {
    /// The functions of `base` inside a shape.
    #[must_use]
    pub fn new(base: B, shape: Shape) -> Self {
        Self { base, shape }
    }
}

impl Shape {
    /// The power of the level with its derivatives; nothing outside.
    fn level(&self, [px, pz]: Point) -> Option<[f64; STREAMS]> {
        match self {
            Self::Disc { centre, radius } => {
                let [x, z] = [(px - centre[0]) / radius, (pz - centre[1]) / radius];
                let l = 1.0 - x * x - z * z;
                let r2 = radius * radius;
                (l > 0.0).then(|| {
                    let second = |a: f64| (8.0 * a * a - 4.0 * l) / r2;
                    [l * l, -4.0 * l * x / radius, -4.0 * l * z / radius, second(x), second(z)]
                })
            }
            Self::Box { low, high } => {
                // a = 1 - s^2 along x, b along z, s from -1 to 1 across the box; l = a b / (a + b) vanishes like the distance
                // from every side, at the corners too.
                let along = |p: f64, axis: usize| {
                    let half = 0.5 * (high[axis] - low[axis]);
                    let s = (p - 0.5 * (low[axis] + high[axis])) / half;
                    let a = 1.0 - s * s;
                    (a > 0.0).then(|| [a, -2.0 * s / half, -2.0 / (half * half)])
                };
                let ([a, a1, a2], [b, b1, b2]) = (along(px, 0)?, along(pz, 1)?);
                let sum = a + b;
                let (by_a, by_b) = ((b / sum).powi(2), (a / sum).powi(2));
                let l = a * b / sum;
                let (lx, lz) = (by_a * a1, by_b * b1);
                let lxx = by_a * (a2 - 2.0 * a1 * a1 / sum);
                let lzz = by_b * (b2 - 2.0 * b1 * b1 / sum);
                Some([
                    l * l,
                    2.0 * l * lx,
                    2.0 * l * lz,
                    2.0 * (lx * lx + l * lxx),
                    2.0 * (lz * lz + l * lzz),
                ])
            }
            Self::Layers { axis, inner, thickness } => {
                let p = [px, pz][*axis];
                let (depth, sign) = if p > inner[1] { (p - inner[1], 1.0) } else { (inner[0] - p, -1.0) };
                let d = depth / thickness;
                (d > 0.0).then(|| {
                    let (value, first, second) =
                        (d * d * d, 3.0 * d * d * sign / thickness, 6.0 * d / (thickness * thickness));
                    if *axis == 0 {
                        [value, first, 0.0, second, 0.0]
                    } else {
                        [value, 0.0, first, 0.0, second]
                    }
                })
            }
        }
    }
}

impl<B: Basis> Basis for Kinked<B> {
    fn len(&self) -> usize {
        self.base.len()
    }

    fn jets(&self, point: Point, jets: &mut [Vec<f64>; STREAMS]) {
        let Some([l, lx, lz, lxx, lzz]) = self.shape.level(point) else {
            for stream in jets {
                stream.clear();
                stream.resize(self.base.len(), 0.0);
            }
            return;
        };
        self.base.jets(point, jets);
        for i in 0..self.base.len() {
            let [f, fx, fz, fxx, fzz] = [0, 1, 2, 3, 4].map(|stream: usize| jets[stream][i]);
            jets[0][i] = f * l;
            jets[1][i] = fx * l + f * lx;
            jets[2][i] = fz * l + f * lz;
            jets[3][i] = fxx * l + 2.0 * fx * lx + f * lxx;
            jets[4][i] = fzz * l + 2.0 * fz * lz + f * lzz;
        }
    }
}
