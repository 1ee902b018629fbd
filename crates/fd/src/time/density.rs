//! The stencils for variable density: d/da (1/rho) d/da as two staggered first derivatives.

use std::ops::Range;

use super::Real;
use super::buffer::Buffer;
use super::fluxes::Fluxes;
use super::layout::GAP;
use super::operator::Operator;
use super::real::RealLanes;
use super::taps::taps;
use super::weights::AxisWeights;

/// A field or a coefficient along an axis: the array, the index of the node and the distance of neighbours.
type Line<'a, T> = (&'a [T], usize, usize);

/// The first derivative at a node, from its neighbours at whole nodes.
#[inline(always)]
pub(crate) fn first<V: RealLanes, const R: usize>(
    w: &AxisWeights<V::T>,
    u: &[V::T],
    i: usize,
    s: usize,
) -> V {
    let mut sum = V::splat(V::T::ZERO);
    taps!(R, K => {
        sum = V::splat(w.first[K - 1]).mul_add(V::load(u, i + K * s).sub(V::load(u, i - K * s)), sum);
    });
    sum
}

/// The first derivative half-way to the node after `i`, from its neighbours.
#[inline(always)]
pub(crate) fn half_way<V: RealLanes, const R: usize>(
    w: &AxisWeights<V::T>,
    u: &[V::T],
    i: usize,
    s: usize,
) -> V {
    let mut sum = V::splat(V::T::ZERO);
    taps!(R, K => {
        let step = V::load(u, i + K * s).sub(V::load(u, i + s - K * s));
        sum = V::splat(w.staggered[K - 1]).mul_add(step, sum);
    });
    sum
}

/// d/da (beta du/da) at a node, with all fluxes recomputed; `beta[i]` is the value half-way to the next node.
#[inline(always)]
pub(crate) fn second<V: RealLanes, const R: usize>(
    w: &AxisWeights<V::T>,
    (u, i, s): Line<'_, V::T>,
    (beta, j, t): Line<'_, V::T>,
) -> V {
    let flux = |back: usize, ahead: usize| {
        let derivative = half_way::<V, R>(w, u, i + ahead * s - back * s, s);
        derivative.mul(V::load(beta, j + ahead * t - back * t))
    };
    let mut sum = V::splat(V::T::ZERO);
    // Not unrolled: the inner sum is unrolled, and twelve times twelve taps would be too much code.
    for k in 0..R {
        sum = V::splat(w.staggered[k]).mul_add(flux(0, k).sub(flux(k + 1, 0)), sum);
    }
    sum
}

/// p = 2 u - p + kappa div(beta grad u) on planes of a slab, each flux computed once.
#[inline(always)]
pub(crate) fn interior<V: RealLanes, const R: usize>(
    op: &Operator<V::T>,
    fluxes: &mut Fluxes<V::T>,
    u: &[V::T],
    p: &mut [V::T],
    planes: Range<usize>,
) {
    let Some(density) = &op.density else { return };
    let (layout, row) = (&op.layout, op.layout.row);
    let [_, stride_y, stride_z] = layout.stride;
    let flux = |to: &mut [V::T], at: usize, axis: usize, i: usize| {
        let stride = layout.stride[axis];
        for x in (0..row).step_by(V::N) {
            let slope = half_way::<V, R>(&op.weights.axes[axis], u, i + x, stride);
            slope.mul(V::load(&density.half[axis], i + x)).store(to, at + x);
        }
    };
    let rows = layout.n[1] * row;
    // The flux half-way between planes h - R and h - R + 1 is in slot h of the ring.
    let plane_of_fluxes = |ring: &mut Buffer<V::T>, h: usize| {
        for y in 0..layout.n[1] {
            flux(ring, h % (2 * R) * rows + y * row, 2, layout.at(y, 0) + h * stride_z - R * stride_z);
        }
    };
    if layout.dims > 1 {
        (planes.start..planes.start + 2 * R - 1).for_each(|h| plane_of_fluxes(&mut fluxes.z, h));
    }
    for z in planes {
        if layout.dims > 1 {
            plane_of_fluxes(&mut fluxes.z, z + 2 * R - 1);
        }
        if layout.dims == 3 {
            for h in 0..2 * R - 1 {
                flux(&mut fluxes.y, h * row, 1, layout.at(0, z) + h * stride_y - R * stride_y);
            }
        }
        for y in 0..layout.n[1] {
            let i = layout.at(y, z);
            if layout.dims == 3 {
                let h = y + 2 * R - 1;
                flux(&mut fluxes.y, h % (2 * R) * row, 1, layout.at(0, z) + h * stride_y - R * stride_y);
            }
            for x in (0..row + 2 * V::N).step_by(V::N) {
                let slope = half_way::<V, R>(&op.weights.axes[0], u, i + x - V::N, 1);
                let value = slope.mul(V::load(&density.half[0], i + x - V::N));
                value.store(&mut fluxes.along, GAP + x - V::N);
            }
            for x in (0..row).step_by(V::N) {
                let mut sum = V::splat(V::T::ZERO);
                taps!(R, K => {
                    let pair = V::load(&fluxes.along, GAP + x + K - 1).sub(V::load(&fluxes.along, GAP + x - K));
                    sum = V::splat(op.weights.axes[0].staggered[K - 1]).mul_add(pair, sum);
                    if layout.dims == 3 {
                        let slot = |h: usize| h % (2 * R) * row + x;
                        let (back, ahead) = (slot(y + R - K), slot(y + R + K - 1));
                        let pair = V::load(&fluxes.y, ahead).sub(V::load(&fluxes.y, back));
                        sum = V::splat(op.weights.axes[1].staggered[K - 1]).mul_add(pair, sum);
                    }
                    if layout.dims > 1 {
                        let slot = |h: usize| h % (2 * R) * rows + y * row + x;
                        let (back, ahead) = (slot(z + R - K), slot(z + R + K - 1));
                        let pair = V::load(&fluxes.z, ahead).sub(V::load(&fluxes.z, back));
                        sum = V::splat(op.weights.axes[2].staggered[K - 1]).mul_add(pair, sum);
                    }
                });
                let here = V::load(u, i + x);
                let straight = here.add(here).sub(V::load(p, i + x));
                V::load(&op.kappa, i + x).mul_add(sum, straight).store(p, i + x);
            }
        }
    }
}
