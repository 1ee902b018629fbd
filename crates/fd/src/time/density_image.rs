//! The sums over time with respect to inverse density.
//!
//! A flux half-way between nodes is beta D p, where D is the staggered derivative; the second derivative is -D^T of
//! it. So
//!
//! ```text
//! dJ/dbeta = -sum_n (D X(n+1)) (D p(n)),   X = Lambda plus what the layer along the axis adds
//! ```
//!
//! and inside a layer, where the first derivative enters as beta dp/da, plus `sum_n (first / beta) dp/da` at nodes.

use std::ops::Range;

use super::Real;
use super::buffer::Buffer;
use super::layout::Layout;
use super::operator::Operator;
use super::state::State;
use super::tape::Tape;

/// Derivatives of the misfit with respect to inverse density, in the operator's layout.
pub(crate) struct DensityImage<T> {
    /// Half-way to the next node along x, y, z.
    pub(crate) half: [Buffer<T>; 3],
    /// At nodes.
    pub(crate) node: Buffer<T>,
    /// The wavefield of the tape, with its image above the surface.
    field: Buffer<T>,
}

impl<T: Real> DensityImage<T> {
    pub(crate) fn new(layout: &Layout) -> Self {
        let size = |axis: usize| if axis > 0 && layout.n[axis] == 1 { 0 } else { layout.len };
        let half = [0, 1, 2].map(|axis| Buffer::new(size(axis)));
        Self { half, node: Buffer::new(layout.len), field: Buffer::new(layout.len) }
    }

    /// Adds the contributions of p(n) of the tape and Lambda(n+1) half-way after the nodes of planes.
    pub(crate) fn add(
        &mut self,
        op: &Operator<T>,
        (tape, n): (&Tape<T>, usize),
        planes: &Range<usize>,
        state: &State<T>,
        scratch: &mut [T],
    ) {
        if planes.is_empty() {
            return;
        }
        let (layout, radius) = (&op.layout, op.weights.radius);
        for z in planes.start.saturating_sub(radius)..(planes.end + radius).min(layout.n[2]) {
            for y in 0..layout.n[1] {
                if let Some(row) = tape.row(n, y, z, scratch) {
                    self.field[layout.at(y, z)..][..layout.n[0]].copy_from_slice(&row[..layout.n[0]]);
                }
            }
        }
        op.reflect(&mut self.field, &(0..layout.n[2]));
        for axis in 0..3 {
            if !self.half[axis].is_empty() {
                self.add_along(op, axis, planes, state, (n + 1) % 2);
            }
        }
    }

    fn add_along(
        &mut self,
        op: &Operator<T>,
        axis: usize,
        planes: &Range<usize>,
        state: &State<T>,
        now: usize,
    ) {
        let (layout, radius) = (&op.layout, op.weights.radius as isize);
        let (w, stride) = (&op.weights.axes[axis], layout.stride[axis]);
        let slope = |u: &[T], i: usize, s: usize| {
            let tap = |k: usize| w.staggered[k] * (u[i + (k + 1) * s] - u[i + s - (k + 1) * s]);
            (0..op.weights.radius).map(tap).fold(T::ZERO, |sum, t| sum + t)
        };
        // Stencils at the edges reach half-way points beyond them.
        let range = |a: usize, from: usize, to: usize| {
            let before = if a == axis && from == 0 && !(a == 2 && op.mirror) { radius } else { 0 };
            let after = if a == axis && to == layout.n[a] { radius - 1 } else { 0 };
            from as isize - before..to as isize + after
        };
        for z in range(2, planes.start, planes.end) {
            for y in range(1, 0, layout.n[1]) {
                for x in range(0, 0, layout.n[0]) {
                    let i = layout.node([x, y, z]);
                    let flux = slope(&self.field, i, stride);
                    self.half[axis][i] -= slope(&state.p[now], i, stride) * flux;
                }
            }
        }
        for (strip, memory) in op.strips.iter().zip(&state.memory).filter(|(strip, _)| strip.axis == axis) {
            let wide = strip.wide_stride(layout);
            let local = strip.local.start as isize - radius..strip.local.end as isize + radius;
            let inside = |a: usize, from: usize, to: usize| {
                let range = range(a, from, to);
                if a == axis { range.start.max(local.start)..range.end.min(local.end) } else { range }
            };
            for z in inside(2, planes.start, planes.end) {
                for y in inside(1, 0, layout.n[1]) {
                    for x in inside(0, 0, layout.n[0]) {
                        let i = layout.node([x, y, z]);
                        let flux = slope(&self.field, i, stride);
                        let k = strip.wide_node(layout, [x, y, z]);
                        self.half[axis][i] -= slope(&memory.second[now], k, wide) * flux;
                        let at = [x, y, z][axis];
                        if at >= 0 && strip.local.contains(&(at as usize)) && (at as usize) < layout.n[axis] {
                            let beta = op.density.as_ref().map_or(T::ZERO, |density| density.node[i]);
                            let tap = |k: usize| {
                                w.first[k]
                                    * (self.field[i + (k + 1) * stride] - self.field[i - (k + 1) * stride])
                            };
                            let first = (0..op.weights.radius).map(tap).fold(T::ZERO, |sum, t| sum + t);
                            self.node[i] += memory.first[now][k] / beta * first;
                        }
                    }
                }
            }
        }
    }
}
