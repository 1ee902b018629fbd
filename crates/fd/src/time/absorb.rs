//! The transpose of the layers' filters.

use std::ops::Range;

use super::instructions::Lanes;
use super::kernel::coefficients;
use super::operator::Operator;
use super::state::State;

/// Steps the transposed memories of planes whose field Lambda `now` is complete, and writes what the next transposed
/// step takes: `second`, to be added to Lambda under the second derivative, and `first`, under the first derivative.
///
/// Line by line the transpose of the filters in `kernel`, last line first.
#[inline(always)]
pub(crate) fn absorb<V: Lanes, const D: bool>(
    op: &Operator<V::T>,
    state: &mut State<V::T>,
    now: usize,
    planes: Range<usize>,
) {
    let layout = &op.layout;
    for (strip, memory) in op.strips.iter().zip(&mut state.memory) {
        let [bent, inner, outer] = &mut memory.filters;
        for (y, z) in planes.clone().flat_map(|z| (0..layout.n[1]).map(move |y| (y, z))) {
            let Some(segment) = strip.segment(layout, y, z) else { continue };
            let (row, wide) = (layout.at(y, z), strip.wide_at(layout, segment.x.start, y, z));
            for x in segment.x.clone().step_by(V::N) {
                let (offset, i) = (x - segment.x.start, row + x);
                let m = segment.at + offset;
                let (decay, gain, slope) = coefficients::<V>(strip, segment.filter, x);
                let step = |array: &mut [V::T], input: V| {
                    let old = V::load(array, m);
                    let new = decay.mul_add(old, input);
                    new.store(array, m);
                    gain.mul(old.add(new))
                };
                let lambda = V::load(&state.p[now], i);
                let outer_part = step(outer, lambda);
                let both = outer_part.add(step(inner, lambda.add(outer_part)));
                let old = V::load(bent, m);
                let new = decay.mul(old).sub(lambda.add(both));
                new.store(bent, m);
                let under = slope.mul(old.add(new));
                let under = match &op.density {
                    Some(density) if D => under.mul(V::load(&density.node, i)),
                    _ => under,
                };
                both.store(&mut memory.second[now], wide + offset);
                under.store(&mut memory.first[now], wide + offset);
            }
        }
    }
}
