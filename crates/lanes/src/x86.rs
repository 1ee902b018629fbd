//! Vectors of 64 bytes for AVX2 with FMA and for AVX-512.

use std::arch::x86_64::*;

use crate::vector::Lanes;

/// Calls an intrinsic.
macro_rules! cpu {
    ($call:expr) => {
        // SAFETY: the values below are made only inside the functions of `compiled!` that enable the instruction
        // set, and those are called only after the processor has been asked for it. Pointers of loads and stores
        // are to whole vectors inside a slice: checked by `load` and `store`, promised to the unchecked ones.
        unsafe { $call }
    };
}

/// `$body` with `$k` a literal, for every `$n` that `$value` can be.
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
/// In assembly because the compiler turns the intrinsic into a permutation that needs a register of indices and a copy,
/// which the stencils have no room for.
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
pub struct Avx512F32(pub(crate) __m512);

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
pub struct Avx512F64(pub(crate) __m512d);

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
pub struct Avx2F32(pub(crate) __m256, pub(crate) __m256);

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
pub struct Avx2F64(pub(crate) __m256d, pub(crate) __m256d);

lanes!(
    Avx2F64, f64, 8, 4, [0 1], _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_add_pd, _mm256_sub_pd,
    _mm256_mul_pd, _mm256_fmadd_pd, _mm256_fmsub_pd,
    fn window(self, next: Self, k: usize) -> Self {
        let r = [self.0, self.1, next.0, next.1].map(|r| cpu!(_mm256_castpd_si256(r)));
        let part = |q: usize| cpu!(_mm256_castsi256_pd(shifted8(r[q], r[(q + 1).min(3)], k % 4)));
        Self(part(k / 4), part(k / 4 + 1))
    }
);
