//! Instruction sets: vectors of 64 bytes, portable, AVX2 and AVX-512, the kernels compiled for each, and the choice at
//! run time.
//!
//! The kernels are written once over [`Lanes`] and compiled inside functions that enable an instruction set.
//! [`Portable`] is the safe version with which tests compare the others.

use std::ops::Range;

use super::Real;
use super::operator::Operator;
use super::state::State;
use super::{image, kernel, layers};

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
    /// Prefetches the cache line of an element that will be needed soon; it may be beyond the end.
    #[inline(always)]
    fn prefetch(from: &[Self::T], at: usize) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch is only a hint and valid for any address; every x86-64 processor has it.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().wrapping_add(at).cast());
        }
    }
}

/// Plain Rust on arrays, which the compiler translates to the instructions of the target.
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
    // Not f32::mul_add, which is a slow library call without the instruction.
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

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    /// Calls an intrinsic.
    macro_rules! cpu {
        ($call:expr) => {
            // SAFETY: the values below are made only inside the functions of `compiled!` that enable the instruction
            // set, and those are called only after the processor has been asked for it. Pointers of loads and stores
            // are to whole vectors inside a slice: checked by `load` and `store`, promised to the unchecked ones.
            unsafe { $call }
        };
    }

    /// Evaluates `$body` with `$k` as a literal, for every `$n` that `$value` can be.
    macro_rules! literal {
        ($value:expr, $k:ident in [$($n:literal)*] => $body:expr) => {
            match $value {
                $($n => { const $k: i32 = $n; $body })*
                _ => unreachable!("a window is inside two vectors"),
            }
        };
    }

    /// The operations that are one intrinsic each.
    macro_rules! lanes {
        ($name:ident, $t:ty, $n:literal, $width:literal, [$($part:tt)+], $splat:ident, $load:ident, $store:ident,
         $add:ident, $sub:ident, $mul:ident, $fma:ident, $fms:ident, $window:item) => {
            impl Lanes for $name {
                type T = $t;
                const N: usize = $n;

                #[inline(always)]
                fn splat(x: $t) -> Self {
                    cpu!(Self($(lanes!(@first $part, $splat(x))),+))
                }
                #[inline(always)]
                fn load(from: &[$t], at: usize) -> Self {
                    assert!(at.wrapping_add($n) <= from.len());
                    cpu!(Self::load_unchecked(from, at))
                }
                #[inline(always)]
                fn store(self, to: &mut [$t], at: usize) {
                    assert!(at.wrapping_add($n) <= to.len());
                    cpu!(self.store_unchecked(to, at));
                }
                #[inline(always)]
                unsafe fn load_unchecked(from: &[$t], at: usize) -> Self {
                    debug_assert!(at + $n <= from.len());
                    cpu!(Self($($load(from.as_ptr().add(at + $part * $width))),+))
                }
                #[inline(always)]
                unsafe fn store_unchecked(self, to: &mut [$t], at: usize) {
                    debug_assert!(at + $n <= to.len());
                    cpu!({ $($store(to.as_mut_ptr().add(at + $part * $width), self.$part);)+ });
                }
                #[inline(always)]
                fn add(self, other: Self) -> Self {
                    cpu!(Self($($add(self.$part, other.$part)),+))
                }
                #[inline(always)]
                fn sub(self, other: Self) -> Self {
                    cpu!(Self($($sub(self.$part, other.$part)),+))
                }
                #[inline(always)]
                fn mul(self, other: Self) -> Self {
                    cpu!(Self($($mul(self.$part, other.$part)),+))
                }
                #[inline(always)]
                fn mul_add(self, b: Self, c: Self) -> Self {
                    cpu!(Self($($fma(self.$part, b.$part, c.$part)),+))
                }
                #[inline(always)]
                fn mul_sub(self, b: Self, c: Self) -> Self {
                    cpu!(Self($($fms(self.$part, b.$part, c.$part)),+))
                }
                #[inline(always)]
                $window
            }
        };
        (@first $part:tt, $value:expr) => { $value };
    }

    /// 64 bytes starting `K` elements into `a` followed by `b`.
    ///
    /// In assembly, because the compiler turns the intrinsic into a permutation that needs a register of indices and
    /// a copy, for which the stencils have no room.
    macro_rules! aligned {
        ($name:ident, $instruction:literal, $register:ty) => {
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn $name<const K: i32>(a: $register, b: $register) -> $register {
                let out: $register;
                // SAFETY: works on registers only; the function has the instruction set.
                unsafe {
                    std::arch::asm!(
                        concat!($instruction, " {out}, {b}, {a}, {k}"),
                        out = lateout(zmm_reg) out, a = in(zmm_reg) a, b = in(zmm_reg) b, k = const K,
                        options(pure, nomem, nostack, preserves_flags)
                    );
                }
                out
            }
        };
    }
    aligned!(aligned4, "valignd", __m512);
    aligned!(aligned8, "valignq", __m512d);

    /// One AVX-512 register.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512F32(__m512);

    lanes!(
        Avx512F32,
        f32,
        16,
        16,
        [0],
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_add_ps,
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_fmadd_ps,
        _mm512_fmsub_ps,
        fn window(self, next: Self, k: usize) -> Self {
            literal!(k, K in [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] => Self(cpu!(aligned4::<K>(self.0, next.0))))
        }
    );

    /// One AVX-512 register.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx512F64(__m512d);

    lanes!(
        Avx512F64,
        f64,
        8,
        8,
        [0],
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_add_pd,
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_fmadd_pd,
        _mm512_fmsub_pd,
        fn window(self, next: Self, k: usize) -> Self {
            literal!(k, K in [1 2 3 4 5 6 7] => Self(cpu!(aligned8::<K>(self.0, next.0))))
        }
    );

    /// 32 bytes starting `k` quarters of 8 bytes (or eighths of 4) into `a` followed by `b`.
    macro_rules! shifted {
        ($name:ident, $bytes:literal, $half:literal, [$($n:literal)*]) => {
            #[inline(always)]
            fn $name(a: __m256i, b: __m256i, k: usize) -> __m256i {
                if k == 0 {
                    return a;
                }
                let middle = cpu!(_mm256_permute2x128_si256::<0x21>(a, b));
                if k < $half {
                    literal!(k, K in [$($n)*] => cpu!(_mm256_alignr_epi8::<{ K * $bytes }>(middle, a)))
                } else if k == $half {
                    middle
                } else {
                    literal!(k - $half, K in [$($n)*] => cpu!(_mm256_alignr_epi8::<{ K * $bytes }>(b, middle)))
                }
            }
        };
    }
    shifted!(shifted4, 4, 4, [1 2 3]);
    shifted!(shifted8, 8, 2, [1]);

    /// Two AVX2 registers with FMA.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2F32(__m256, __m256);

    lanes!(
        Avx2F32, f32, 16, 8, [0 1], _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_add_ps, _mm256_sub_ps,
        _mm256_mul_ps, _mm256_fmadd_ps, _mm256_fmsub_ps,
        fn window(self, next: Self, k: usize) -> Self {
            let r = [self.0, self.1, next.0, next.1].map(|r| cpu!(_mm256_castps_si256(r)));
            let part = |q: usize| cpu!(_mm256_castsi256_ps(shifted4(r[q], r[(q + 1).min(3)], k % 8)));
            Self(part(k / 8), part(k / 8 + 1))
        }
    );

    /// Two AVX2 registers with FMA.
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2F64(__m256d, __m256d);

    lanes!(
        Avx2F64, f64, 8, 4, [0 1], _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_add_pd, _mm256_sub_pd,
        _mm256_mul_pd, _mm256_fmadd_pd, _mm256_fmsub_pd,
        fn window(self, next: Self, k: usize) -> Self {
            let r = [self.0, self.1, next.0, next.1].map(|r| cpu!(_mm256_castpd_si256(r)));
            let part = |q: usize| cpu!(_mm256_castsi256_pd(shifted8(r[q], r[(q + 1).min(3)], k % 4)));
            Self(part(k / 4), part(k / 4 + 1))
        }
    );
}

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// Available on every processor.
    Portable,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// The instruction sets of this processor, the best last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                all.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
                all.push(Self::Avx512);
            }
        }
        all
    }

    pub(crate) fn best() -> Self {
        Self::all().pop().expect("there are always the portable kernels")
    }
}

/// The same number, but with its origin hidden from the compiler. Addresses are then a few rows from one that is in a
/// register, instead of each taking a register of its own, of which there are too few.
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

/// While it exists, denormal numbers are zero on this thread: at the front of a wave they would cost a hundred times
/// more than other numbers.
pub(crate) struct FlushDenormals(#[cfg(target_arch = "x86_64")] u32);

#[cfg(target_arch = "x86_64")]
impl FlushDenormals {
    /// Flush to zero, denormals are zero.
    const BITS: u32 = 0x8040;

    pub(crate) fn new() -> Self {
        let mut before = 0_u32;
        // SAFETY: writes four bytes to `before`, and every x86-64 processor has the register.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut before, options(nostack, preserves_flags));
        }
        Self::set(before | Self::BITS);
        Self(before)
    }

    fn set(value: u32) {
        // SAFETY: reads four bytes; only the treatment of denormals differs from the previous state.
        unsafe {
            std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags));
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Drop for FlushDenormals {
    fn drop(&mut self) {
        Self::set(self.0);
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl FlushDenormals {
    pub(crate) fn new() -> Self {
        Self()
    }
}

/// One pass over the planes of a range; the number tells which of the two wavefields is the current one.
type Pass<T> = unsafe fn(&Operator<T>, &mut State<T>, usize, Range<usize>);

/// Rows of the gradient's sums.
type Curve<T> = unsafe fn(&mut [T], &[T], &[T]);
type Correlate<T> = unsafe fn(&mut [T], &[T], &[T], &[T]);

/// The compiled kernels of one stencil.
#[derive(Debug, Clone, Copy)]
pub struct Kernels<T> {
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

    /// One step of planes of the transposed recursion, without changing the layers' memories.
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

/// A module with the entry points compiled for an instruction set.
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
                image::curve(change, old, now);
            }

            $(#[target_feature(enable = $features)])?
            fn correlate(sums: &mut [$t], field: &[$t], new: &[$t], change: &[$t]) {
                image::correlate(sums, field, new, change);
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
        pub(super) fn $name(set: Instructions, radius: usize, density: bool) -> Kernels<$t> {
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
