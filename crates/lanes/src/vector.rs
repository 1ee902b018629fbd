//! The operations that kernels of any element type are written with.

use std::ops::{Add, Mul, Sub};

/// A number that a vector consists of.
pub trait Element:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + 'static
{
}

impl Element for f32 {}
impl Element for f64 {}

/// A vector of 64 bytes of [`Lanes::T`].
pub trait Lanes: Copy {
    /// Type of an element.
    type T: Element;
    /// Number of elements.
    const N: usize;

    /// `x` in every element.
    fn splat(x: Self::T) -> Self;
    /// The elements of a slice from `at` on.
    ///
    /// # Panics
    /// When the slice ends before.
    fn load(from: &[Self::T], at: usize) -> Self;
    /// Writes the elements to a slice from `at` on.
    ///
    /// # Panics
    /// When the slice ends before.
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
    /// self + other.
    #[must_use]
    fn add(self, other: Self) -> Self;
    /// self - other.
    #[must_use]
    fn sub(self, other: Self) -> Self;
    /// self * other.
    #[must_use]
    fn mul(self, other: Self) -> Self;
    /// self * b + c.
    #[must_use]
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// self * b - c.
    #[must_use]
    fn mul_sub(self, b: Self, c: Self) -> Self;
    /// Elements k to k + N of `self` followed by `next`, 0 < k < N.
    #[must_use]
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
