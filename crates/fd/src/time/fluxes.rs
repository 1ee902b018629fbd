//! Working memory of the kernels for variable density.

use super::Real;
use super::buffer::Buffer;
use super::layout::{GAP, Layout};
use super::operator::Operator;

/// Working memory: fluxes that more than one row needs.
#[derive(Debug, Clone)]
pub(crate) struct Fluxes<T> {
    /// One row, with a margin on both sides.
    pub(crate) along: Buffer<T>,
    /// A ring of 2 radius rows along y, and of 2 radius planes along z.
    pub(crate) y: Buffer<T>,
    pub(crate) z: Buffer<T>,
}

impl<T: Real> Fluxes<T> {
    pub(crate) fn new(op: &Operator<T>) -> Self {
        let [along, y, z] = Self::sizes(&op.layout, op.weights.radius, op.density.is_some());
        Self { along: Buffer::new(along), y: Buffer::new(y), z: Buffer::new(z) }
    }

    /// Elements, for stencils of a half-width.
    pub(crate) fn len(layout: &Layout, radius: usize, density: bool) -> usize {
        Self::sizes(layout, radius, density).iter().sum()
    }

    fn sizes(layout: &Layout, radius: usize, density: bool) -> [usize; 3] {
        let ring = 2 * radius;
        let size = |needed: bool, len: usize| if needed && density { len } else { 0 };
        [
            size(true, layout.row + 2 * GAP),
            size(layout.dims == 3, ring * layout.row),
            size(layout.dims > 1, ring * layout.n[1] * layout.row),
        ]
    }
}
