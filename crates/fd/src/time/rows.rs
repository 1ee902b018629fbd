//! The leapfrog step on rows that no absorbing layer reaches.

use std::ops::Range;

use super::Real;
use super::layout::Layout;
use super::real::RealLanes;
use super::taps::taps;
use super::weights::{WIDEST, Weights};
use lanes::opaque;

/// What the leapfrog reads.
pub(crate) struct Rows<'a, T> {
    pub(crate) u: &'a [T],
    pub(crate) kappa: &'a [T],
    pub(crate) weights: &'a Weights<T>,
    pub(crate) layout: &'a Layout,
}

/// The vectors `k` nodes before and after the middle one of three neighbours along x, at `i`.
///
/// The farthest of a long stencil are loaded across cache lines: the shuffles' ports are the busiest.
///
/// # Safety
/// `u` holds `i - N .. i + 2 N`.
#[inline(always)]
pub(crate) unsafe fn beside<V: RealLanes, const R: usize>(
    u: &[V::T],
    i: usize,
    [before, here, after]: [V; 3],
    k: usize,
) -> (V, V) {
    if R >= 4 && k == R {
        // SAFETY: k <= N, and the caller promises the range.
        unsafe { (V::load_unchecked(u, i - k), V::load_unchecked(u, i + k)) }
    } else {
        (before.window(here, V::N - k), here.window(after, k))
    }
}

impl<T: Real> Rows<'_, T> {
    /// The leapfrog step on a part of planes in two dimensions that no layer reaches, four at a time.
    #[inline(always)]
    pub(crate) fn planes<V: RealLanes<T = T>, const R: usize>(
        &self,
        p: &mut [T],
        planes: &Range<usize>,
        x: &Range<usize>,
    ) {
        let mut z = planes.start;
        while z + 4 <= planes.end {
            self.leapfrog::<V, R, 4, 1>(p, 0, z, x.clone(), 0);
            z += 4;
        }
        for z in z..planes.end {
            self.leapfrog::<V, R, 1, 1>(p, 0, z, x.clone(), 0);
        }
    }

    /// p = 2 u - p + kappa (sum of second derivatives of u) on `ROWS` neighbouring rows from x to x; across rows with
    /// `ACROSS` = 1 (z, in 2-D) or 2 (y and z, in 3-D). Rows that are stepped together share the loads of their common
    /// neighbours; the sums by axis are independent, so that their additions overlap. In 3-D what the row that begins at
    /// `next` reads for the first time is asked for.
    #[inline(always)]
    pub(crate) fn leapfrog<V: RealLanes<T = T>, const R: usize, const ROWS: usize, const ACROSS: usize>(
        &self,
        p: &mut [T],
        y: usize,
        z: usize,
        x: Range<usize>,
        next: usize,
    ) {
        let Rows { u, kappa, weights, layout } = *self;
        let [_, stride_y, stride_z] = layout.stride;
        let (stride, other) = if ACROSS == 1 { (stride_z, 0) } else { (stride_y, stride_z) };
        let at = layout.at(y, z);
        let widest = if ACROSS == 0 { 0 } else { R * stride.max(other) };
        let last = at + (ROWS - 1) * stride + layout.row + widest + V::N;
        assert!(at >= widest + V::N && last <= u.len() && last <= p.len() && last <= kappa.len());
        assert!(x.end <= layout.row && x.len().is_multiple_of(V::N) && R <= V::N && R <= WIDEST);

        // Every argument is at least `at - widest - N` and at most `last - N`, and so in all three slices.
        // SAFETY: that is what the first assertion checks.
        let load = |from: &[T], i: usize| unsafe { V::load_unchecked(from, i) };
        let along = weights.axes[0].second.map(V::splat);
        let across = weights.axes[if ACROSS == 1 { 2 } else { 1 }].second.map(V::splat);
        let deeper = weights.axes[2].second.map(V::splat);
        let (centre, two) = (V::splat(weights.centre), V::splat(T::from_f64(2.0)));
        for x in x.step_by(V::N) {
            let first = opaque(at + x);
            let mut column = [centre; 4 + 2 * WIDEST];
            if ACROSS > 0 {
                for j in 0..ROWS + 2 * R {
                    column[j] = load(u, first + j * stride - R * stride);
                }
            } else {
                column[R] = load(u, first);
            }
            for row in 0..ROWS {
                let i = first + row * stride;
                if ACROSS == 2 {
                    let i = next + x;
                    V::prefetch(u, i + R * other);
                    V::prefetch(p, i);
                    V::prefetch(kappa, i);
                }
                let here = column[row + R];
                let three = [load(u, i - V::N), here, load(u, i + V::N)];
                let mut sum = centre.mul(here);
                let mut sum_across = across[0].mul(column[row + R - 1].add(column[row + R + 1]));
                taps!(R, K => {
                    // SAFETY: the first assertion.
                    let (back, ahead) = unsafe { beside::<V, R>(u, i, three, K) };
                    sum = along[K - 1].mul_add(back.add(ahead), sum);
                    if ACROSS > 0 && K > 1 {
                        sum_across = across[K - 1].mul_add(column[row + R - K].add(column[row + R + K]), sum_across);
                    }
                    if ACROSS > 1 {
                        let pair = load(u, i - K * other).add(load(u, i + K * other));
                        sum_across = deeper[K - 1].mul_add(pair, sum_across);
                    }
                });
                let scale = load(kappa, i);
                let mut new = two.mul_sub(here, load(p, i));
                if ACROSS > 0 {
                    new = scale.mul_add(sum_across, new);
                }
                // SAFETY: as for the loads.
                unsafe { scale.mul_add(sum, new).store_unchecked(p, i) };
            }
        }
    }
}
