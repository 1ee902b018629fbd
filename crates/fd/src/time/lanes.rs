//! Vectors of 64 bytes: the operations that the kernels are written with, portable, for AVX2 and for AVX-512.
//!
//! The kernels are written once over [`Lanes`] and compiled inside functions that enable an instruction set.
//! [`Portable`] is the safe twin that tests compare the others with.

use super::Real;

#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// A vector of 64 bytes of [`Lanes::T`].
pub(crate) trait Lanes: Copy {
    /// Type of an element.
    type T: Real;
    /// Number of elements.
    const N: usize;

    fn splat(x: Self::T) -> Self;
    fn load(from: &[Self::T], at: usize) -> Self;
    fn store(self, to: &mut [Self::T], at: usize);
    /// As `load`.
    ///
    /// # Safety
    /// `at + N <= from.len()`.
    unsafe fn load_unchecked(from: &[Self::T], at: usize) -> Self;
    /// As `store`.
    ///
    /// # Safety
    /// `at + N <= to.len()`.
    unsafe fn store_unchecked(self, to: &mut [Self::T], at: usize);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// self * b + c.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// self * b - c.
    fn mul_sub(self, b: Self, c: Self) -> Self;
    /// Elements k to k + N of `self` followed by `next`, 0 < k < N.
    fn window(self, next: Self, k: usize) -> Self;
    /// Asks for the cache line of an element that will be needed soon; it may be beyond the end.
    #[inline(always)]
    fn prefetch(from: &[Self::T], at: usize) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a hint, which no address makes wrong; every x86-64 processor has it.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(at).cast());
        }
    }
}

/// Plain Rust on arrays; the compiler turns it into whatever the target has.
#[derive(Clone, Copy)]
pub(crate) struct Portable<T, const N: usize>([T; N]);

impl<T: Real, const N: usize> Portable<T, N> {
    #[inline(always)]
    fn map2(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl<T: Real, const LANES: usize> Lanes for Portable<T, LANES> {
    type T = T;
    const N: usize = LANES;

    #[inline(always)]
    fn splat(x: T) -> Self {
        Self([x; LANES])
    }
    #[inline(always)]
    fn load(from: &[T], at: usize) -> Self {
        let part = &from[at..at + LANES];
        Self(std::array::from_fn(|i| part[i]))
    }
    #[inline(always)]
    fn store(self, to: &mut [T], at: usize) {
        to[at..at + LANES].copy_from_slice(&self.0);
    }
    #[inline(always)]
    unsafe fn load_unchecked(from: &[T], at: usize) -> Self {
        Self::load(from, at)
    }
    #[inline(always)]
    unsafe fn store_unchecked(self, to: &mut [T], at: usize) {
        self.store(to, at);
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.map2(other, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.map2(other, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.map2(other, |a, b| a * b)
    }
    // Not f32::mul_add: without the instruction that is a slow library call.
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }
    #[inline(always)]
    fn mul_sub(self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * b.0[i] - c.0[i]))
    }
    #[inline(always)]
    fn window(self, next: Self, k: usize) -> Self {
        Self(std::array::from_fn(|i| if i + k < LANES { self.0[i + k] } else { next.0[i + k - LANES] }))
    }
}

/// The same number, of which the compiler does not know where it comes from: addresses are then a few rows from one
/// that is in a register, and not each in a register of its own, for which there are too few.
#[inline(always)]
pub(crate) fn opaque(index: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let mut index = index;
        // SAFETY: no instruction.
        unsafe {
            std::arch::asm!("/* {0} */", inout(reg) index, options(pure, nomem, nostack, preserves_flags));
        };
        index
    }
    #[cfg(not(target_arch = "x86_64"))]
    index
}

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
