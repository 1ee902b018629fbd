//! The discrete wave equation on one slab of the mesh: everything that a step needs and that depends only on the
//! model.

use super::Real;
use super::buffer::Buffer;
use super::layout::Layout;
use super::strip::Strip;
use super::weights::Weights;

/// Inverse density where the stencils need it, m^3/kg.
#[derive(Debug, Clone)]
pub(crate) struct InverseDensity<T> {
    /// At nodes.
    pub(crate) node: Buffer<T>,
    /// Half-way to the next node along x, y, z; empty for dimensions that do not exist.
    pub(crate) half: [Buffer<T>; 3],
}

/// Coefficients of `p(n+1) = 2 p(n) - p(n-1) + kappa (sum_a L_a p(n) + layers + source)`.
#[derive(Debug, Clone)]
pub(crate) struct Operator<T> {
    pub(crate) layout: Layout,
    pub(crate) weights: Weights<T>,
    /// dt^2 v^2, times the density if there is one; zero where the pressure is fixed at zero.
    pub(crate) kappa: Buffer<T>,
    pub(crate) density: Option<InverseDensity<T>>,
    pub(crate) strips: Vec<Strip<T>>,
    /// Whether the planes above the first are its antisymmetric image.
    pub(crate) mirror: bool,
    /// Whether the layers are stepped in the same pass as the interior.
    pub(crate) fused: bool,
}

impl<T: Real> Operator<T> {
    /// Writes the image of the planes of a range into the planes above the surface, if there is one.
    pub(crate) fn reflect(&self, p: &mut [T], planes: &std::ops::Range<usize>) {
        if !self.mirror {
            return;
        }
        let layout = &self.layout;
        for z in planes.start.max(1)..planes.end.min(layout.reach + 1) {
            for y in 0..layout.n[1] {
                let from = layout.at(y, z);
                let to = from - 2 * z * layout.stride[2];
                for x in 0..layout.row {
                    p[to + x] = -p[from + x];
                }
            }
        }
    }
}
