//! The kernels compiled for each instruction set, and the choice among them at run time.

use std::any::{Any, TypeId};
use std::ops::Range;

use super::operator::Operator;
use super::state::State;
use super::{Real, correlation, kernel, layers};
use lanes::Instructions;
use lanes::Portable;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// One pass over the planes of a range; the number says which of the two wavefields is the current one.
type Pass<T> = unsafe fn(&Operator<T>, &mut State<T>, usize, Range<usize>);

/// Rows of the gradient's sums.
type Curve<T> = unsafe fn(&mut [T], &[T], &[T]);
type Correlate<T> = unsafe fn(&mut [T], &[T], &[T], &[T]);

/// The compiled kernels of one stencil.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kernels<T> {
    advance: Pass<T>,
    transposed: Pass<T>,
    absorb: Pass<T>,
    curve: Curve<T>,
    correlate: Correlate<T>,
}

impl<T: Real> Kernels<T> {
    /// One step of planes: the old wavefield becomes the new one.
    pub(crate) fn advance(&self, op: &Operator<T>, state: &mut State<T>, now: usize, planes: Range<usize>) {
        // SAFETY: the functions are safe but for their instruction set, and `Instructions` other than `Portable` come
        // from `Instructions::all`, which asked the processor.
        unsafe { (self.advance)(op, state, now, planes) }
    }

    /// One step of planes of the transposed recursion, the layers' memories left as they are.
    pub(crate) fn transposed(
        &self,
        op: &Operator<T>,
        state: &mut State<T>,
        now: usize,
        planes: Range<usize>,
    ) {
        // SAFETY: as in `advance`.
        unsafe { (self.transposed)(op, state, now, planes) }
    }

    /// The layers' memories after a transposed step of these planes, once their wavefield `now` is complete.
    pub(crate) fn absorb(&self, op: &Operator<T>, state: &mut State<T>, now: usize, planes: Range<usize>) {
        // SAFETY: as in `advance`.
        unsafe { (self.absorb)(op, state, now, planes) }
    }

    /// change = old - 2 now on a row.
    pub(crate) fn curve(&self, change: &mut [T], old: &[T], now: &[T]) {
        // SAFETY: as in `advance`.
        unsafe { (self.curve)(change, old, now) }
    }

    /// sums += field (new + change) on a row.
    pub(crate) fn correlate(&self, sums: &mut [T], field: &[T], new: &[T], change: &[T]) {
        // SAFETY: as in `advance`.
        unsafe { (self.correlate)(sums, field, new, change) }
    }
}

/// A module with the entries compiled for a set of instructions.
macro_rules! compiled {
    ($name:ident, $lanes:ty, $t:ty $(, $features:literal)?) => {
        mod $name {
            use super::*;

            $(#[target_feature(enable = $features)])?
            fn advance<const R: usize, const D: bool>(
                op: &Operator<$t>, state: &mut State<$t>, now: usize, planes: Range<usize>,
            ) {
                kernel::advance::<$lanes, R, D>(op, state, now, planes);
            }

            $(#[target_feature(enable = $features)])?
            fn transposed<const R: usize, const D: bool>(
                op: &Operator<$t>, state: &mut State<$t>, now: usize, planes: Range<usize>,
            ) {
                kernel::transposed::<$lanes, R, D>(op, state, now, planes);
            }

            $(#[target_feature(enable = $features)])?
            fn absorb<const D: bool>(
                op: &Operator<$t>, state: &mut State<$t>, now: usize, planes: Range<usize>,
            ) {
                layers::absorb::<$lanes, D>(op, state, now, planes);
            }

            $(#[target_feature(enable = $features)])?
            fn curve(change: &mut [$t], old: &[$t], now: &[$t]) {
                correlation::curve(change, old, now);
            }

            $(#[target_feature(enable = $features)])?
            fn correlate(sums: &mut [$t], field: &[$t], new: &[$t], change: &[$t]) {
                correlation::correlate(sums, field, new, change);
            }

            fn of<const R: usize, const D: bool>() -> Kernels<$t> {
                Kernels {
                    advance: advance::<R, D>,
                    transposed: transposed::<R, D>,
                    absorb: absorb::<D>,
                    curve,
                    correlate,
                }
            }

            pub(super) fn kernels(radius: usize, density: bool) -> Kernels<$t> {
                match (radius, density) {
                    (1, false) => of::<1, false>(),
                    (2, false) => of::<2, false>(),
                    (3, false) => of::<3, false>(),
                    (4, false) => of::<4, false>(),
                    (6, false) => of::<6, false>(),
                    (1, true) => of::<1, true>(),
                    (2, true) => of::<2, true>(),
                    (3, true) => of::<3, true>(),
                    (4, true) => of::<4, true>(),
                    (6, true) => of::<6, true>(),
                    _ => unreachable!("Weights::new knows the orders"),
                }
            }
        }
    };
}

compiled!(portable_f32, Portable<f32, 16>, f32);
compiled!(portable_f64, Portable<f64, 8>, f64);
#[cfg(target_arch = "x86_64")]
compiled!(avx2_f32, Avx2F32, f32, "avx2,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx2_f64, Avx2F64, f64, "avx2,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx512_f32, Avx512F32, f32, "avx512f,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx512_f64, Avx512F64, f64, "avx512f,fma");

macro_rules! kernels_of {
    ($name:ident, $t:ty, $portable:ident, $avx2:ident, $avx512:ident) => {
        fn $name(set: Instructions, radius: usize, density: bool) -> Kernels<$t> {
            match set {
                Instructions::Portable => $portable::kernels(radius, density),
                #[cfg(target_arch = "x86_64")]
                Instructions::Avx2 => $avx2::kernels(radius, density),
                #[cfg(target_arch = "x86_64")]
                Instructions::Avx512 => $avx512::kernels(radius, density),
            }
        }
    };
}

kernels_of!(kernels_f32, f32, portable_f32, avx2_f32, avx512_f32);
kernels_of!(kernels_f64, f64, portable_f64, avx2_f64, avx512_f64);

/// The kernels of a stencil half-width for a set of instructions.
pub(crate) fn kernels<T: Real>(set: Instructions, radius: usize, density: bool) -> Kernels<T> {
    let kernels: Box<dyn Any> = if TypeId::of::<T>() == TypeId::of::<f32>() {
        Box::new(kernels_f32(set, radius, density))
    } else {
        Box::new(kernels_f64(set, radius, density))
    };
    *kernels.downcast().expect("`Real` is sealed: it is f32 or f64")
}
