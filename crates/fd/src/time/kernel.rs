//! One step of the wave equation on planes of a slab, vector by vector.
//!
//! The interior knows nothing of the layers; what they add is put on top, strip by strip, where they are.

use std::ops::Range;

use super::instructions::Lanes;
use super::layout::Layout;
use super::operator::Operator;
use super::state::State;
use super::weights::{WIDEST, Weights};
use super::{Real, density, layers};

/// `$body` for `$k` = 1 to the half-width, unrolled so that `$k` is a literal.
macro_rules! taps {
    ($radius:expr, $k:ident => $body:expr) => {
        taps!(@ $radius, $k => $body, 1 2 3 4 5 6)
    };
    (@ $radius:expr, $k:ident => $body:expr, $($n:literal)*) => {
        $(if $n <= $radius { const $k: usize = $n; $body; })*
    };
}
pub(crate) use taps;

/// Rows of a plane that are stepped before the next plane, so that the planes a stencil reaches stay in the cache.
const ROWS_AT_ONCE: usize = 16;

/// The forward step: p(n+1) over p(n-1), with the layers and their memories.
#[inline(always)]
pub(crate) fn advance<V: Lanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    interior::<V, R, D>(op, state, now, planes.clone());
    let [first, second] = &mut state.p;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    for (strip, memory) in op.strips.iter().zip(&mut state.memory) {
        layers::forward::<V, R, D>(op, strip, memory, u, p, &planes);
    }
}

/// The transposed step: Lambda(n) over Lambda(n+2), with what the layers' memories add.
///
/// With Lambda = kappa times the adjoint field the interior is that of the forward step, because its stencils are
/// symmetric.
#[inline(always)]
pub(crate) fn transposed<V: Lanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    interior::<V, R, D>(op, state, now, planes.clone());
    let p: &mut [V::T] = &mut state.p[1 - now];
    for (strip, memory) in op.strips.iter().zip(&state.memory) {
        layers::transposed::<V, R, D>(op, strip, memory, now, p, &planes);
    }
}

#[inline(always)]
fn interior<V: Lanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    let [first, second] = &mut state.p;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    let layout = &op.layout;
    if D {
        density::interior::<V, R>(op, &mut state.flux, u, p, planes);
        return;
    }
    let rows = Rows { u, kappa: &op.kappa, weights: &op.weights, layout };
    match layout.dims {
        1 => rows.leapfrog::<V, R, 1, 0>(p, 0, 0),
        2 => {
            let mut z = planes.start;
            while z + 4 <= planes.end {
                rows.leapfrog::<V, R, 4, 1>(p, 0, z);
                z += 4;
            }
            for z in z..planes.end {
                rows.leapfrog::<V, R, 1, 1>(p, 0, z);
            }
        }
        _ => {
            for from in (0..layout.n[1]).step_by(ROWS_AT_ONCE) {
                let to = (from + ROWS_AT_ONCE).min(layout.n[1]);
                for z in planes.clone() {
                    let mut y = from;
                    while y + 4 <= to {
                        rows.leapfrog::<V, R, 4, 2>(p, y, z);
                        y += 4;
                    }
                    for y in y..to {
                        rows.leapfrog::<V, R, 1, 2>(p, y, z);
                    }
                }
            }
        }
    }
}

struct Rows<'a, T> {
    u: &'a [T],
    kappa: &'a [T],
    weights: &'a Weights<T>,
    layout: &'a Layout,
}

impl<T: Real> Rows<'_, T> {
    /// p = 2 u - p + kappa (sum of second derivatives of u) on `ROWS` neighbouring rows; across rows with `ACROSS` = 1
    /// (z, in 2-D) or 2 (y and z, in 3-D). Rows that are stepped together share the loads of their common neighbours.
    #[inline(always)]
    fn leapfrog<V: Lanes<T = T>, const R: usize, const ROWS: usize, const ACROSS: usize>(
        &self,
        p: &mut [T],
        y: usize,
        z: usize,
    ) {
        let Rows { u, kappa, weights, layout } = *self;
        let [_, stride_y, stride_z] = layout.stride;
        let (stride, other) = if ACROSS == 1 { (stride_z, 0) } else { (stride_y, stride_z) };
        let at = layout.at(y, z);
        let widest = if ACROSS == 0 { 0 } else { R * stride.max(other) };
        let last = at + (ROWS - 1) * stride + layout.row + widest + V::N;
        assert!(at >= widest + V::N && last <= u.len() && last <= p.len() && last <= kappa.len());
        assert!(layout.row.is_multiple_of(V::N) && R <= V::N && R <= WIDEST);

        // Every argument is at least `at - widest - N` and at most `last - N`, and so in all three slices.
        // SAFETY: that is what the first assertion checks.
        let load = |from: &[T], i: usize| unsafe { V::load_unchecked(from, i) };
        let along = weights.axes[0].second.map(V::splat);
        let across = weights.axes[if ACROSS == 1 { 2 } else { 1 }].second.map(V::splat);
        let deeper = weights.axes[2].second.map(V::splat);
        let (centre, two) = (V::splat(weights.centre), V::splat(T::from_f64(2.0)));
        for x in (0..layout.row).step_by(V::N) {
            let mut column = [centre; 4 + 2 * WIDEST];
            if ACROSS > 0 {
                for j in 0..ROWS + 2 * R {
                    column[j] = load(u, at + x + j * stride - R * stride);
                }
            } else {
                column[R] = load(u, at + x);
            }
            for row in 0..ROWS {
                let i = at + x + row * stride;
                let here = column[row + R];
                let (before, after) = (load(u, i - V::N), load(u, i + V::N));
                let mut sum = centre.mul(here);
                taps!(R, K => {
                    let pair = before.window(here, V::N - K).add(here.window(after, K));
                    sum = along[K - 1].mul_add(pair, sum);
                    if ACROSS > 0 {
                        sum = across[K - 1].mul_add(column[row + R - K].add(column[row + R + K]), sum);
                    }
                    if ACROSS > 1 {
                        let pair = load(u, i - K * other).add(load(u, i + K * other));
                        sum = deeper[K - 1].mul_add(pair, sum);
                    }
                });
                let straight = two.mul(here).sub(load(p, i));
                let new = load(kappa, i).mul_add(sum, straight);
                // SAFETY: as for the loads.
                unsafe { new.store_unchecked(p, i) };
            }
        }
    }
}
