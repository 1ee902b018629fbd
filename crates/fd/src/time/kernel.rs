//! One step of the wave equation on planes of a slab, vector by vector.
//!
//! The interior knows nothing of the layers; what they add is put on top, strip by strip, where they are.

use std::ops::Range;

use super::instructions::Lanes;
use super::layout::Layout;
use super::operator::Operator;
use super::state::{Memory, State};
use super::strip::Strip;
use super::weights::{AxisWeights, WIDEST, Weights};
use super::{Real, density};

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
        for z in planes.clone() {
            for y in 0..op.layout.n[1] {
                layer::<V, R, D>(op, strip, memory, u, p, y, z);
            }
        }
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
        for z in planes.clone() {
            for y in 0..op.layout.n[1] {
                layer_transposed::<V, R, D>(op, strip, memory, now, p, y, z);
            }
        }
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

/// Second and first derivative of a field along an axis at node `i`, neighbours `stride` apart.
#[inline(always)]
fn derivatives<V: Lanes, const R: usize>(
    w: &AxisWeights<V::T>,
    u: &[V::T],
    i: usize,
    stride: usize,
) -> (V, V) {
    let here = V::load(u, i);
    let mut second = V::splat(w.centre).mul(here);
    let mut first = V::splat(V::T::ZERO);
    if stride == 1 {
        let (before, after) = (V::load(u, i - V::N), V::load(u, i + V::N));
        taps!(R, K => {
            let (back, ahead) = (before.window(here, V::N - K), here.window(after, K));
            second = V::splat(w.second[K - 1]).mul_add(ahead.add(back), second);
            first = V::splat(w.first[K - 1]).mul_add(ahead.sub(back), first);
        });
    } else {
        taps!(R, K => {
            let (back, ahead) = (V::load(u, i - K * stride), V::load(u, i + K * stride));
            second = V::splat(w.second[K - 1]).mul_add(ahead.add(back), second);
            first = V::splat(w.first[K - 1]).mul_add(ahead.sub(back), first);
        });
    }
    (second, first)
}

/// What a layer adds to a row of the forward step.
#[inline(always)]
fn layer<V: Lanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    strip: &Strip<V::T>,
    memory: &mut Memory<V::T>,
    u: &[V::T],
    p: &mut [V::T],
    y: usize,
    z: usize,
) {
    let Some(segment) = strip.segment(&op.layout, y, z) else { return };
    let (row, stride, w) = (op.layout.at(y, z), op.layout.stride[strip.axis], &op.weights.axes[strip.axis]);
    for x in segment.x.clone().step_by(V::N) {
        let (i, m) = (row + x, segment.at + x - segment.x.start);
        let (second, first) = match &op.density {
            Some(density) if D => {
                let beta = (&*density.half[strip.axis], i, stride);
                let first = density::first::<V, R>(w, u, i, stride);
                (density::second::<V, R>(w, (u, i, stride), beta), V::load(&density.node, i).mul(first))
            }
            _ => derivatives::<V, R>(w, u, i, stride),
        };
        let added = filter(strip, memory, &segment, x, m, second, first);
        V::load(&op.kappa, i).mul_add(added, V::load(p, i)).store(p, i);
    }
}

/// Filters of a strip for a vector at `x`.
#[inline(always)]
pub(super) fn coefficients<V: Lanes>(strip: &Strip<V::T>, filter: usize, x: usize) -> (V, V, V) {
    if strip.axis == 0 {
        let k = x - strip.local.start;
        (V::load(&strip.decay, k), V::load(&strip.gain, k), V::load(&strip.slope, k))
    } else {
        (V::splat(strip.decay[filter]), V::splat(strip.gain[filter]), V::splat(strip.slope[filter]))
    }
}

/// Steps the three filters of `profile` and returns what they add to the second derivative.
#[inline(always)]
fn filter<V: Lanes>(
    strip: &Strip<V::T>,
    memory: &mut Memory<V::T>,
    segment: &super::strip::Segment,
    x: usize,
    m: usize,
    second: V,
    first: V,
) -> V {
    let (decay, gain, slope) = coefficients::<V>(strip, segment.filter, x);
    let [bent, inner, outer] = &mut memory.filters;
    // Output and new memory of one filter: out = gain in + s, s = decay out + gain in.
    let step = |array: &mut [V::T], gain: V, input: V| {
        let out = gain.mul_add(input, V::load(array, m));
        decay.mul_add(out, gain.mul(input)).store(array, m);
        out
    };
    let bend = step(bent, slope, first);
    let straight = second.sub(bend);
    let once = step(inner, gain, straight);
    let twice = step(outer, gain, straight.add(once));
    once.add(twice).sub(bend)
}

/// What a layer adds to a row of the transposed step: L_a of its `second` minus the derivative of its `first`.
#[inline(always)]
fn layer_transposed<V: Lanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    strip: &Strip<V::T>,
    memory: &Memory<V::T>,
    now: usize,
    p: &mut [V::T],
    y: usize,
    z: usize,
) {
    let Some(segment) = strip.reached_segment(&op.layout, y, z) else { return };
    let (row, w) = (op.layout.at(y, z), &op.weights.axes[strip.axis]);
    let wide = strip.wide_stride(&op.layout);
    let (argument, under): (&[V::T], &[V::T]) = (&memory.second[now], &memory.first[now]);
    for x in segment.x.clone().step_by(V::N) {
        let (i, k) = (row + x, segment.at + x - segment.x.start);
        let second = match &op.density {
            Some(density) if D => {
                let beta = (&*density.half[strip.axis], i, op.layout.stride[strip.axis]);
                density::second::<V, R>(w, (argument, k, wide), beta)
            }
            _ => derivatives::<V, R>(w, argument, k, wide).0,
        };
        let first = if D {
            density::first::<V, R>(w, under, k, wide)
        } else {
            derivatives::<V, R>(w, under, k, wide).1
        };
        V::load(&op.kappa, i).mul_add(second.sub(first), V::load(p, i)).store(p, i);
    }
}
