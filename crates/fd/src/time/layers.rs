//! The contributions of the absorbing layers to a step, strip by strip, and their transpose.
//!
//! The filters are those of `profile`: for an input x and a memory s, `out = gain x + s` and then
//! `s = decay out + gain x = (1 + decay) out - s`.

use std::ops::Range;

use super::operator::Operator;
use super::real::RealLanes;
use super::state::{Memory, State};
use super::strip::{Segment, Strip};
use super::taps::taps;
use super::weights::{AxisWeights, WIDEST};
use super::{Real, density};

/// Number of elements by which the memories are prefetched; a strip's rows are stored consecutively.
const AHEAD: usize = 512;

/// The stencils of an axis, repeated in every element of a vector.
struct Stencils<V> {
    centre: V,
    second: [V; WIDEST],
    first: [V; WIDEST],
}

impl<V: RealLanes> Stencils<V> {
    #[inline(always)]
    fn new(w: &AxisWeights<V::T>) -> Self {
        Self { centre: V::splat(w.centre), second: w.second.map(V::splat), first: w.first.map(V::splat) }
    }

    /// Second and first derivative of `u` at `i`, neighbours `stride` apart.
    ///
    /// # Safety
    /// `u` holds `i - R stride - N .. i + R stride + 2 N`.
    #[inline(always)]
    unsafe fn both<const R: usize>(&self, u: &[V::T], i: usize, stride: usize) -> (V, V) {
        // SAFETY: every index below is in the range that the caller promises.
        let load = |i: usize| unsafe { V::load_unchecked(u, i) };
        let here = load(i);
        let mut second = self.centre.mul(here);
        let mut first = V::splat(V::T::ZERO);
        if stride == 1 {
            let (before, after) = (load(i - V::N), load(i + V::N));
            taps!(R, K => {
                let (back, ahead) = (before.window(here, V::N - K), here.window(after, K));
                second = self.second[K - 1].mul_add(ahead.add(back), second);
                first = self.first[K - 1].mul_add(ahead.sub(back), first);
            });
        } else {
            taps!(R, K => {
                let (back, ahead) = (load(i - K * stride), load(i + K * stride));
                second = self.second[K - 1].mul_add(ahead.add(back), second);
                first = self.first[K - 1].mul_add(ahead.sub(back), first);
            });
        }
        (second, first)
    }
}

/// Decay (transposed) or 1 + decay (forward), gain and slope at a vector.
pub(crate) type Filters<V> = [V; 3];

/// Steps the three filters of a node's memories at `m`, and returns the contribution of the layer to the second
/// derivative.
///
/// # Safety
/// The three arrays hold `m .. m + N`.
#[inline(always)]
pub(crate) unsafe fn filtered<V: RealLanes>(
    [bent, inner, outer]: [&mut [V::T]; 3],
    m: usize,
    [kept, gain, slope]: Filters<V>,
    (second, first): (V, V),
) -> V {
    // With `out = gain x + s`, the sum of input and output is (1 + gain) x + s, which need not wait for `out`.
    let more = gain.add(V::splat(V::T::from_f64(1.0)));
    // SAFETY: the caller promises the range, here and below.
    let remembered = |array: &[V::T]| unsafe { V::load_unchecked(array, m) };
    let step = |array: &mut [V::T], memory: V, out: V| unsafe {
        kept.mul_sub(out, memory).store_unchecked(array, m);
    };
    let memories = [remembered(bent), remembered(inner), remembered(outer)];
    let bend = slope.mul_add(first, memories[0]);
    let straight = second.sub(bend);
    let both = more.mul_add(straight, memories[1]);
    step(bent, memories[0], bend);
    step(inner, memories[1], gain.mul_add(straight, memories[1]));
    step(outer, memories[2], gain.mul_add(both, memories[2]));
    more.mul_add(both, memories[2])
}

impl<T: Real> Strip<T> {
    /// The filters of a row across the axis, the same for all its nodes.
    #[inline(always)]
    fn filters_of<V: RealLanes<T = T>>(&self, decay: &[T], segment: &Segment) -> Filters<V> {
        let k = segment.filter;
        if self.axis == 0 {
            return [V::splat(T::ZERO); 3];
        }
        [V::splat(decay[k]), V::splat(self.gain[k]), V::splat(self.slope[k])]
    }

    /// The filters of a vector at x: its own along the axis, those of the row across it.
    #[inline(always)]
    fn filters_at<V: RealLanes<T = T>>(&self, decay: &[T], of_row: Filters<V>, x: usize) -> Filters<V> {
        if self.axis != 0 {
            return of_row;
        }
        let k = x - self.local.start;
        [V::load(decay, k), V::load(&self.gain, k), V::load(&self.slope, k)]
    }
}

/// Checks that stencils around a row of vectors stay in an array.
#[inline(always)]
fn check<T, const R: usize>(array: &[T], at: usize, len: usize, stride: usize, vector: usize) {
    let beyond = R * stride + vector;
    assert!(at >= beyond && at + len + beyond + vector <= array.len());
}

/// Adds the contribution of a strip to the second derivative of u = p(n) to rows of planes of p(n+1), and steps its
/// filters.
#[inline(always)]
pub(crate) fn forward<V: RealLanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    strip: &Strip<V::T>,
    memory: &mut Memory<V::T>,
    u: &[V::T],
    p: &mut [V::T],
    (rows, planes): (&Range<usize>, &Range<usize>),
) {
    let (layout, w) = (&op.layout, &op.weights.axes[strip.axis]);
    let (stride, stencils) = (layout.stride[strip.axis], Stencils::<V>::new(w));
    let [bent, inner, outer] = &mut memory.filters;
    for (y, z) in planes.clone().flat_map(|z| rows.clone().map(move |y| (y, z))) {
        let Some(segment) = strip.segment(layout, y, z) else { continue };
        let (at, len) = (layout.at(y, z) + segment.x.start, segment.x.len());
        check::<_, R>(u, at, len, stride, V::N);
        let inside = at + len <= p.len().min(op.kappa.len());
        let remembered = segment.at + len <= bent.len().min(inner.len()).min(outer.len());
        assert!(inside && remembered && len.is_multiple_of(V::N));
        let of_row = strip.filters_of::<V>(&strip.kept, &segment);
        for k in (0..len).step_by(V::N) {
            let (i, m) = (at + k, segment.at + k);
            for array in [&**bent, inner, outer] {
                V::prefetch(array, m + AHEAD);
            }
            let derivatives = match &op.density {
                Some(density) if D => {
                    let beta = (&*density.half[strip.axis], i, stride);
                    let first = density::first::<V, R>(w, u, i, stride);
                    (density::second::<V, R>(w, (u, i, stride), beta), V::load(&density.node, i).mul(first))
                }
                // SAFETY: `check` above, for every vector of the row.
                _ => unsafe { stencils.both::<R>(u, i, stride) },
            };
            let filters = strip.filters_at(&strip.kept, of_row, segment.x.start + k);
            // SAFETY: the assertion above.
            unsafe {
                let added = filtered([bent, inner, outer], m, filters, derivatives).sub(derivatives.0);
                let new = V::load_unchecked(&op.kappa, i).mul_add(added, V::load_unchecked(p, i));
                new.store_unchecked(p, i);
            }
        }
    }
}

/// Adds the contribution of a strip in the transposed step to rows of planes of Lambda(n): L_a of its `second` minus
/// the derivative of its `first`, both at n + 1 (`now`).
#[inline(always)]
pub(crate) fn transposed<V: RealLanes, const R: usize, const D: bool>(
    op: &Operator<V::T>,
    strip: &Strip<V::T>,
    memory: &Memory<V::T>,
    now: usize,
    p: &mut [V::T],
    (rows, planes): (&Range<usize>, &Range<usize>),
) {
    let (layout, w) = (&op.layout, &op.weights.axes[strip.axis]);
    let (wide, stencils) = (strip.wide_stride(layout), Stencils::<V>::new(w));
    let (argument, under): (&[V::T], &[V::T]) = (&memory.second[now], &memory.first[now]);
    for (y, z) in planes.clone().flat_map(|z| rows.clone().map(move |y| (y, z))) {
        let Some(segment) = strip.reached_segment(layout, y, z) else { continue };
        let (at, len) = (layout.at(y, z) + segment.x.start, segment.x.len());
        assert!(at + len <= p.len().min(op.kappa.len()) && len.is_multiple_of(V::N));
        if !D {
            // Along x the window loads reach one vector, across it R rows; nothing is loaded beyond the row there.
            let (before, after) = if wide == 1 { (V::N, V::N) } else { (R * wide, R * wide) };
            let fits = |array: &[V::T]| segment.at >= before && segment.at + len + after <= array.len();
            assert!(fits(argument) && fits(under));
        }
        for k in (0..len).step_by(V::N) {
            let (i, j) = (at + k, segment.at + k);
            let (second, first) = match &op.density {
                Some(density) if D => {
                    let beta = (&*density.half[strip.axis], i, layout.stride[strip.axis]);
                    (
                        density::second::<V, R>(w, (argument, j, wide), beta),
                        density::first::<V, R>(w, under, j, wide),
                    )
                }
                // SAFETY: the assertion above, for every vector of the row.
                _ => unsafe {
                    (stencils.both::<R>(argument, j, wide).0, stencils.both::<R>(under, j, wide).1)
                },
            };
            // SAFETY: the first assertion.
            unsafe {
                let added =
                    V::load_unchecked(&op.kappa, i).mul_add(second.sub(first), V::load_unchecked(p, i));
                added.store_unchecked(p, i);
            }
        }
    }
}

/// Steps the transposed filters of planes whose field Lambda `now` is complete, and writes the input of the next
/// transposed step: `second`, to be added to Lambda for the second derivative, and `first`, for the first derivative.
///
/// The transpose of [`forward`], line by line, in reverse order.
#[inline(always)]
pub(crate) fn absorb<V: RealLanes, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    let layout = &op.layout;
    let field: &[V::T] = &state.p[now];
    for (strip, memory) in op.strips.iter().zip(&mut state.memory) {
        let [bent, inner, outer] = &mut memory.filters;
        let (argument, below): (&mut [V::T], &mut [V::T]) = (&mut memory.second[now], &mut memory.first[now]);
        for (y, z) in planes.clone().flat_map(|z| (0..layout.n[1]).map(move |y| (y, z))) {
            let Some(segment) = strip.segment(layout, y, z) else { continue };
            let (at, len) = (layout.at(y, z) + segment.x.start, segment.x.len());
            let wide = strip.wide_at(layout, segment.x.start, y, z);
            let remembered = segment.at + len <= bent.len().min(inner.len()).min(outer.len());
            let written = wide + len <= argument.len().min(below.len());
            assert!(at + len <= field.len() && remembered && written && len.is_multiple_of(V::N));
            let of_row = strip.filters_of::<V>(&strip.decay, &segment);
            for k in (0..len).step_by(V::N) {
                let m = segment.at + k;
                let [decay, gain, slope] = strip.filters_at(&strip.decay, of_row, segment.x.start + k);
                // SAFETY: the assertion above, for every vector of the row, here and below.
                let step = |array: &mut [V::T], input: V| unsafe {
                    let old = V::load_unchecked(array, m);
                    let new = decay.mul_add(old, input);
                    new.store_unchecked(array, m);
                    gain.mul(old.add(new))
                };
                // SAFETY: as above.
                let lambda = unsafe { V::load_unchecked(field, at + k) };
                let outer_part = step(outer, lambda);
                let both = outer_part.add(step(inner, lambda.add(outer_part)));
                // SAFETY: as above.
                let (old, new) = unsafe {
                    let old = V::load_unchecked(bent, m);
                    let new = decay.mul(old).sub(lambda.add(both));
                    new.store_unchecked(bent, m);
                    (old, new)
                };
                let mut under = slope.mul(old.add(new));
                if let Some(density) = op.density.as_ref().filter(|_| D) {
                    under = under.mul(V::load(&density.node, at + k));
                }
                // SAFETY: as above.
                unsafe {
                    let second = if !D && op.fused { lambda.add(both) } else { both };
                    second.store_unchecked(argument, wide + k);
                    under.store_unchecked(below, wide + k);
                }
            }
        }
    }
}
