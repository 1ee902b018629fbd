//! Steps in two dimensions with the layers in the same pass as the interior, so that every field is read only once.
//!
//! The derivatives along an axis of a layer are kept separate until its filters have processed them. In the
//! transposed step the memories' array `second` contains Lambda plus the contribution of the layer, so that one
//! stencil serves both.

use std::ops::Range;

use super::Real;
use super::layers::filtered;
use super::layout::Layout;
use super::operator::Operator;
use super::real::RealLanes;
use super::rows::{Rows, beside};
use super::state::{Memory, State};
use super::strip::Strip;
use super::taps::taps;
use super::weights::WIDEST;
use lanes::opaque;

/// A part of an axis, and the strip that it is in, by number.
type Part = (Range<usize>, Option<usize>);

/// A range along an axis, divided into the parts before its first strip, in it, between the strips, in the last one,
/// and after it.
struct Parts {
    edges: [usize; 6],
    strips: [Option<usize>; 5],
}

impl Parts {
    #[inline(always)]
    fn new<T: Real>(
        strips: &[Strip<T>],
        axis: usize,
        all: &Range<usize>,
        of: impl Fn(&Strip<T>) -> &Range<usize>,
    ) -> Self {
        let mut parts = Parts { edges: [all.end; 6], strips: [None; 5] };
        parts.edges[0] = all.start;
        for (which, (k, strip)) in
            strips.iter().enumerate().filter(|(_, s)| s.axis == axis).take(2).enumerate()
        {
            let inside = of(strip);
            parts.edges[2 * which + 1] = inside.start.clamp(all.start, all.end);
            parts.edges[2 * which + 2] = inside.end.clamp(all.start, all.end);
            parts.strips[2 * which + 1] = Some(k);
        }
        parts
    }

    /// The parts that are not empty.
    #[inline(always)]
    fn each(&self) -> impl Iterator<Item = Part> + '_ {
        (0..5)
            .map(|k| (self.edges[k]..self.edges[k + 1], self.strips[k]))
            .filter(|(range, _)| !range.is_empty())
    }
}

/// A strip, and the arrays of its memory that the forward step changes.
struct Filters<'a, T> {
    strip: &'a Strip<T>,
    memories: [&'a mut [T]; 3],
}

impl<'a, T: Real> Filters<'a, T> {
    fn new(strip: &'a Strip<T>, memory: &'a mut Memory<T>) -> Self {
        let [bent, inner, outer] = &mut memory.filters;
        Self { strip, memories: [bent, inner, outer] }
    }

    /// Checks that a part of rows is in the strip and its memories.
    #[inline(always)]
    fn check(&self, axis: usize, layout: &Layout, planes: &Range<usize>, x: &Range<usize>) {
        let Self { strip, memories } = self;
        let strip_x = if axis == 0 { strip.local.clone() } else { 0..layout.row };
        let of_filters = if axis == 0 { x } else { planes };
        assert!(strip.axis == axis && strip_x.start <= x.start && x.end <= strip_x.end);
        assert!(strip.local.start <= of_filters.start && of_filters.end <= strip.local.end);
        let filters = [&strip.kept, &strip.gain, &strip.slope];
        assert!(filters.iter().all(|filter| strip.local.len() <= filter.len()));
        let rows = if axis == 0 { planes.end } else { strip.local.len() };
        assert!(memories.iter().all(|memory| rows * strip_x.len() <= memory.len()));
    }
}

/// The forward step.
#[inline(always)]
pub(crate) fn advance<V: RealLanes, const R: usize>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    let State { p: [first, second], memory, .. } = state;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    let (layout, strips) = (&op.layout, &*op.strips);
    let rows = Rows { u, kappa: &op.kappa, weights: &op.weights, layout };
    let along = Parts::new(strips, 0, &(0..layout.row), |strip| &strip.local);
    for (planes, across) in Parts::new(strips, 2, &planes, |strip| &strip.local).each() {
        for (x, along) in along.each() {
            match (along, across) {
                (None, None) => rows.planes::<V, R>(p, &planes, &x),
                (Some(k), None) => {
                    let along = Filters::new(&strips[k], &mut memory[k]);
                    rows.layered::<V, R, true, false>(p, &planes, &x, Some(along), None);
                }
                (None, Some(k)) => {
                    let across = Filters::new(&strips[k], &mut memory[k]);
                    rows.layered::<V, R, false, true>(p, &planes, &x, None, Some(across));
                }
                (Some(j), Some(k)) => {
                    let [a, b] = memory.get_disjoint_mut([j, k]).expect("strips of two axes are two");
                    let (along, across) = (Filters::new(&strips[j], a), Filters::new(&strips[k], b));
                    rows.layered::<V, R, true, true>(p, &planes, &x, Some(along), Some(across));
                }
            }
        }
    }
}

impl<T: Real> Rows<'_, T> {
    /// The forward step on a part of rows that is in a layer along x (`X`), z (`Z`) or both.
    #[inline(always)]
    fn layered<V: RealLanes<T = T>, const R: usize, const X: bool, const Z: bool>(
        &self,
        p: &mut [T],
        planes: &Range<usize>,
        x: &Range<usize>,
        along: Option<Filters<'_, T>>,
        across: Option<Filters<'_, T>>,
    ) {
        let Rows { u, kappa, weights, layout } = *self;
        let stride = layout.stride[2];
        let first = layout.at(0, planes.start);
        let last = layout.at(0, planes.end - 1) + layout.row + R * stride + V::N;
        assert!(first >= R * stride + V::N && last <= u.len() && last <= p.len() && last <= kappa.len());
        assert!(x.end <= layout.row && x.len().is_multiple_of(V::N) && R <= V::N && R <= WIDEST);
        let nothing: &[T] = &[];
        let mut of_x = ([nothing; 3], [&mut [][..], &mut [], &mut []], 0..0);
        if let Some(along) = along.filter(|_| X) {
            along.check(0, layout, planes, x);
            let strip = along.strip;
            of_x = ([&strip.kept, &strip.gain, &strip.slope], along.memories, strip.local.clone());
        }
        let mut of_z = ([nothing; 3], [&mut [][..], &mut [], &mut []], 0..0);
        if let Some(across) = across.filter(|_| Z) {
            across.check(2, layout, planes, x);
            let strip = across.strip;
            of_z = ([&strip.kept, &strip.gain, &strip.slope], across.memories, strip.local.clone());
        }
        let (filters_x, [bent_x, inner_x, outer_x], local_x) = of_x;
        let (filters_z, [bent_z, inner_z, outer_z], local_z) = of_z;

        // SAFETY: of a wavefield at least `first - R stride - N` and at most `last - N`: the first assertion; of what
        // belongs to a strip: `Filters::check`.
        let load = |from: &[T], i: usize| unsafe { V::load_unchecked(from, i) };
        let (wx, wz) = (&weights.axes[0], &weights.axes[2]);
        let (second_x, second_z) = (wx.second.map(V::splat), wz.second.map(V::splat));
        let (first_x, first_z) = (wx.first.map(V::splat), wz.first.map(V::splat));
        let (centre_x, centre_z) = (V::splat(wx.centre), V::splat(wz.centre));
        let two = V::splat(T::from_f64(2.0));
        let of_row = |z: usize| filters_z.map(|f| V::splat(f[z - local_z.start]));
        let of_vector = |x: usize| filters_x.map(|f| load(f, x - local_x.start));
        // The few vectors of a layer along x are processed down the column, because the processor predicts the
        // constant stride; otherwise along the rows.
        let rows = (planes.start, planes.end, 1);
        let vectors = (x.start, x.end, V::N);
        let (outer, inner) = if X { (vectors, rows) } else { (rows, vectors) };
        for a in (outer.0..outer.1).step_by(outer.2) {
            let held = if X { of_vector(a) } else { of_row(a) };
            for b in (inner.0..inner.1).step_by(inner.2) {
                let (x, z) = if X { (a, b) } else { (b, a) };
                let i = opaque(layout.at(0, z) + x);
                let here = load(u, i);
                let three = [load(u, i - V::N), here, load(u, i + V::N)];
                let (mut xx, mut zz) = (centre_x.mul(here), centre_z.mul(here));
                let (mut dx, mut dz) = (V::splat(T::ZERO), V::splat(T::ZERO));
                taps!(R, K => {
                    // SAFETY: as for the loads.
                    let (back, ahead) = unsafe { beside::<V, R>(u, i, three, K) };
                    xx = second_x[K - 1].mul_add(back.add(ahead), xx);
                    if X {
                        dx = first_x[K - 1].mul_add(ahead.sub(back), dx);
                    }
                    let (back, ahead) = (load(u, i - K * stride), load(u, i + K * stride));
                    zz = second_z[K - 1].mul_add(back.add(ahead), zz);
                    if Z {
                        dz = first_z[K - 1].mul_add(ahead.sub(back), dz);
                    }
                });
                if X {
                    let m = z * local_x.len() + x - local_x.start;
                    // SAFETY: `Filters::check`.
                    xx = unsafe { filtered([&mut *bent_x, inner_x, outer_x], m, held, (xx, dx)) };
                }
                if Z {
                    let (m, filters) =
                        ((z - local_z.start) * layout.row + x, if X { of_row(z) } else { held });
                    // SAFETY: `Filters::check`.
                    zz = unsafe { filtered([&mut *bent_z, inner_z, outer_z], m, filters, (zz, dz)) };
                }
                let scale = load(kappa, i);
                let new = scale.mul_add(zz, two.mul_sub(here, load(p, i)));
                // SAFETY: as for the loads.
                unsafe { scale.mul_add(xx, new).store_unchecked(p, i) };
            }
        }
    }
}

/// The transposed step.
#[inline(always)]
pub(crate) fn transposed<V: RealLanes, const R: usize>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    let State { p: [first, second], memory, .. } = state;
    let (u, p): (&[V::T], &mut [V::T]) = if now == 0 { (first, second) } else { (second, first) };
    let (layout, strips) = (&op.layout, &*op.strips);
    let rows = Rows { u, kappa: &op.kappa, weights: &op.weights, layout };
    let added =
        |k: usize| Added { strip: &strips[k], second: &memory[k].second[now], first: &memory[k].first[now] };
    let along = Parts::new(strips, 0, &(0..layout.row), |strip| &strip.reached);
    for (planes, across) in Parts::new(strips, 2, &planes, |strip| &strip.reached).each() {
        for (x, along) in along.each() {
            let (a, b) = (along.map(added), across.map(added));
            match (along, across) {
                (None, None) => rows.planes::<V, R>(p, &planes, &x),
                (Some(_), None) => rows.reached::<V, R, true, false>(p, &planes, &x, a, b),
                (None, Some(_)) => rows.reached::<V, R, false, true>(p, &planes, &x, a, b),
                (Some(_), Some(_)) => rows.reached::<V, R, true, true>(p, &planes, &x, a, b),
            }
        }
    }
}

/// The contribution of a strip to the transposed step: Lambda plus its part for the second derivative, and `first`
/// for the first derivative.
#[derive(Clone, Copy)]
struct Added<'a, T> {
    strip: &'a Strip<T>,
    second: &'a [T],
    first: &'a [T],
}

impl<T: Real> Rows<'_, T> {
    /// The transposed step on a part of rows that a layer along x (`X`), z (`Z`) or both changes.
    #[inline(always)]
    fn reached<V: RealLanes<T = T>, const R: usize, const X: bool, const Z: bool>(
        &self,
        p: &mut [T],
        planes: &Range<usize>,
        x: &Range<usize>,
        along: Option<Added<'_, T>>,
        across: Option<Added<'_, T>>,
    ) {
        let Rows { u, kappa, weights, layout } = *self;
        let stride = layout.stride[2];
        let first = layout.at(0, planes.start);
        let last = layout.at(0, planes.end - 1) + layout.row + R * stride + V::N;
        assert!(first >= R * stride + V::N && last <= u.len() && last <= p.len() && last <= kappa.len());
        assert!(x.end <= layout.row && x.len().is_multiple_of(V::N) && R <= V::N && R <= WIDEST);

        // SAFETY: of a wavefield at least `first - R stride - N` and at most `last - N`: the first assertion; of what
        // belongs to a strip: the assertions below.
        let load = |from: &[T], i: usize| unsafe { V::load_unchecked(from, i) };
        let (wx, wz) = (&weights.axes[0], &weights.axes[2]);
        let (second_x, second_z) = (wx.second.map(V::splat), wz.second.map(V::splat));
        let (first_x, first_z) = (wx.first.map(V::splat), wz.first.map(V::splat));
        let (centre_x, centre_z) = (V::splat(wx.centre), V::splat(wz.centre));
        let two = V::splat(T::from_f64(2.0));
        let wide = across.map_or(0, |added| added.strip.wide_stride(layout));
        for z in planes.clone() {
            let at = layout.at(0, z);
            // Rows z - R to z + R for the second derivative; where the strip has filters, its own.
            let mut column = [(u, at); 2 * WIDEST + 1];
            let mut under = (u, at);
            if let Some(Added { strip, second, first }) = across.filter(|_| Z) {
                for j in 0..2 * R + 1 {
                    column[j] = match (z + j).checked_sub(R) {
                        Some(row) if strip.local.contains(&row) => (second, strip.wide_at(layout, 0, 0, row)),
                        _ => (u, at + j * stride - R * stride),
                    };
                    assert!(column[j].1 + x.end <= column[j].0.len());
                }
                under = (first, strip.wide_at(layout, 0, 0, z));
                assert!(under.1 >= R * wide && under.1 + R * wide + x.end <= first.len());
            }
            // The strip's own vectors along x, and the argument of the first derivative.
            let (mut own, mut local, mut under_x, mut at_x) = (u, 0..0, u, 0);
            if let Some(Added { strip, second, first }) = along.filter(|_| X) {
                let start = strip.wide_at(layout, x.start, 0, z);
                let end = start + x.len() + V::N;
                assert!(start >= V::N && end <= second.len() && end <= first.len());
                (own, local, under_x, at_x) =
                    (second, strip.local.clone(), first, start.wrapping_sub(x.start));
            }
            for x in x.clone().step_by(V::N) {
                let i = at + x;
                let here = load(u, i);
                let along_x = |x: usize| {
                    if X && local.contains(&x) {
                        load(own, at_x.wrapping_add(x))
                    } else {
                        load(u, at.wrapping_add(x))
                    }
                };
                let three = [along_x(x.wrapping_sub(V::N)), along_x(x), along_x(x + V::N)];
                let mut xx = centre_x.mul(three[1]);
                let mut zz = centre_z.mul(load(column[R].0, column[R].1 + x));
                taps!(R, K => {
                    let (back, ahead) = (three[0].window(three[1], V::N - K), three[1].window(three[2], K));
                    xx = second_x[K - 1].mul_add(back.add(ahead), xx);
                    let (back, ahead) = if Z {
                        let ((below, i), (above, j)) = (column[R - K], column[R + K]);
                        (load(below, i + x), load(above, j + x))
                    } else {
                        (load(u, i - K * stride), load(u, i + K * stride))
                    };
                    zz = second_z[K - 1].mul_add(back.add(ahead), zz);
                });
                if X {
                    let i = at_x.wrapping_add(x);
                    let three = [load(under_x, i - V::N), load(under_x, i), load(under_x, i + V::N)];
                    taps!(R, K => {
                        let (back, ahead) = (three[0].window(three[1], V::N - K), three[1].window(three[2], K));
                        xx = first_x[K - 1].mul_add(back.sub(ahead), xx);
                    });
                }
                if Z {
                    let i = under.1 + x;
                    taps!(R, K => {
                        let (back, ahead) = (load(under.0, i - K * wide), load(under.0, i + K * wide));
                        zz = first_z[K - 1].mul_add(back.sub(ahead), zz);
                    });
                }
                let scale = load(kappa, i);
                let new = scale.mul_add(zz, two.mul_sub(here, load(p, i)));
                // SAFETY: as for the loads.
                unsafe { scale.mul_add(xx, new).store_unchecked(p, i) };
            }
        }
    }
}
