//! One step of the wave equation on planes of a slab, vector by vector.
//!
//! The interior is stepped without the layers. Their contributions are added afterwards, strip by strip, or in two
//! dimensions in the same pass (`fused`).

use std::ops::Range;

use super::fluxes::Fluxes;
use super::operator::Operator;
use super::real::RealLanes;
use super::rows::Rows;
use super::state::State;
use super::{density, fused, layers};

/// Rows of a plane in 3-D that are stepped before the next plane, so that the planes that a stencil reaches stay in
/// the cache.
const ROWS_AT_ONCE: usize = 32;

/// Number of rows in 3-D by which data outside the cache are prefetched; the rows of a plane are too short for the
/// processor to predict them.
const ROWS_AHEAD: usize = 3;

/// The forward step: p(n+1) over p(n-1), with the layers and their memories.
#[inline(always)]
pub(crate) fn advance<V: RealLanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    if !D && op.fused {
        fused::advance::<V, R>(op, state, now, planes);
        return;
    }
    let State { p: [first, second], memory, flux } = state;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    interior::<V, R, D>(op, flux, u, p, planes, |p, rows, planes| {
        for (strip, memory) in op.strips.iter().zip(&mut *memory) {
            layers::forward::<V, R, D>(op, strip, memory, u, p, (&rows, &planes));
        }
    });
}

/// The transposed step: Lambda(n) over Lambda(n+2), with what the layers' memories add.
///
/// With Lambda = kappa times the adjoint field the interior step equals the forward step, because its stencils are
/// symmetric.
#[inline(always)]
pub(crate) fn transposed<V: RealLanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    if !D && op.fused {
        fused::transposed::<V, R>(op, state, now, planes);
        return;
    }
    let State { p: [first, second], memory, flux } = state;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    interior::<V, R, D>(op, flux, u, p, planes, |p, rows, planes| {
        for (strip, memory) in op.strips.iter().zip(&*memory) {
            layers::transposed::<V, R, D>(op, strip, memory, now, p, (&rows, &planes));
        }
    });
}

/// The step in the interior; `beyond` adds the contributions of the layers to rows of planes while they are in the
/// cache.
#[inline(always)]
fn interior<V: RealLanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    fluxes: &mut Fluxes<V::T>,
    u: &[V::T],
    p: &mut [V::T],
    planes: Range<usize>,
    mut beyond: impl FnMut(&mut [V::T], Range<usize>, Range<usize>),
) {
    let layout = &op.layout;
    let rows = Rows { u, kappa: &op.kappa, weights: &op.weights, layout };
    let all = || 0..layout.row;
    // In 3-D a few rows of one plane at a time, otherwise all.
    let few = !D && layout.dims == 3;
    let (rows_at_once, planes_at_once) = if few { (ROWS_AT_ONCE, 1) } else { (layout.n[1], planes.len()) };
    for from in (0..layout.n[1]).step_by(rows_at_once) {
        let to = (from + rows_at_once).min(layout.n[1]);
        for z in planes.clone().step_by(planes_at_once.max(1)) {
            let part = z..z + planes_at_once;
            if D {
                density::interior::<V, R>(op, fluxes, u, p, part.clone());
            } else if layout.dims == 1 {
                rows.leapfrog::<V, R, 1, 0>(p, 0, 0, all(), 0);
            } else if layout.dims == 2 {
                rows.planes::<V, R>(p, &part, &all());
            } else {
                for y in from..to {
                    let ahead = y + ROWS_AHEAD;
                    let next = if ahead < to { (ahead, z) } else { (ahead - to + from, z + 1) };
                    rows.leapfrog::<V, R, 1, 2>(p, y, z, all(), layout.at(next.0, next.1));
                }
            }
            beyond(p, from..to, part);
        }
    }
}
