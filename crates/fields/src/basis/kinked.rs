//! Functions whose second derivatives jump at an interface.

use crate::basis::{Basis, Polygon, STREAMS};
use crate::collocation::Point;

/// Where functions with kinks are needed: in a body with another velocity, or in absorbing layers.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A disc.
    Disc {
        /// Its centre.
        centre: Point,
        /// Its radius.
        radius: f64,
    },
    /// A polygon.
    Polygon(Polygon),
    /// The absorbing layers on both sides of one axis. Their stretching grows with the square of the depth, so the
    /// third derivative of a wavefield jumps where they begin.
    Layers {
        /// The axis, 0 for x and 1 for z.
        axis: usize,
        /// Where the layers begin, on the low and on the high side.
        inner: [f64; 2],
        /// Their thickness.
        thickness: f64,
    },
}

/// The functions of a basis times the Newtonian potential of a body, or the cube of the depth in a layer.
///
/// Where the velocity jumps, the Laplacian of a wavefield jumps and its gradient does not; at a corner of the outline
/// the field behaves like r^2 log r. The potential P, whose Laplacian is 1 inside and 0 outside, has exactly these
/// properties, and so does P g with any smooth g, whose Laplacian jumps by g. Together with smooth functions these
/// fit a wavefield across a sharp interface, which smooth functions alone cannot.
///
/// # Source
/// The enrichment of partition-of-unity finite elements at interfaces: Moes et al., Comput. Methods Appl. Mech. Engrg. 192
/// (2003), section 3; here one order smoother, for a jump in the second derivative.
pub struct Kinked<B> {
    base: B,
    shape: Shape,
}

impl<B: Basis> Kinked<B> {
    /// The functions of `base` times the factor of a shape.
    #[must_use]
    pub fn new(base: B, shape: Shape) -> Self {
        Self { base, shape }
    }
}

impl Shape {
    /// The factor with its derivatives; `None` where it is zero.
    fn factor(&self, [px, pz]: Point) -> Option<[f64; STREAMS]> {
        match self {
            Self::Disc { centre, radius } => {
                let ([x, z], a2) = ([px - centre[0], pz - centre[1]], radius * radius);
                let r2 = x * x + z * z;
                if r2 < a2 {
                    return Some([0.25 * (r2 - a2), 0.5 * x, 0.5 * z, 0.5, 0.5]);
                }
                let c = 0.5 * a2 / r2;
                let second = |v: f64| c * (1.0 - 2.0 * v * v / r2);
                Some([0.25 * a2 * (r2 / a2).ln(), c * x, c * z, second(x), second(z)])
            }
            Self::Polygon(polygon) => Some(polygon.potential([px, pz])),
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
        let Some([l, lx, lz, lxx, lzz]) = self.shape.factor(point) else {
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
