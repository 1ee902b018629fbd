//! Functions whose second derivatives jump at an interface.

use crate::basis::{Basis, STREAMS};
use crate::collocation::Point;

/// The outline of a body with another velocity.
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
}

/// The functions of a basis times the square of a level function that is positive inside a body and zero outside.
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
    /// The squared level with its derivatives; nothing outside.
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
                // (1 - s^2)^2 along each axis, s from -1 to 1 across the box.
                let along = |p: f64, a: usize| {
                    let half = 0.5 * (high[a] - low[a]);
                    let s = (p - 0.5 * (low[a] + high[a])) / half;
                    let l = 1.0 - s * s;
                    (l > 0.0).then(|| [l * l, -4.0 * l * s / half, (8.0 * s * s - 4.0 * l) / (half * half)])
                };
                let ([f, f1, f2], [g, g1, g2]) = (along(px, 0)?, along(pz, 1)?);
                Some([f * g, f1 * g, f * g1, f2 * g, f * g2])
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
