//! The operations of sixteen f32 in AVX2 and AVX-512 registers.

use std::arch::x86_64::*;

use crate::single::SingleLanes;
use crate::vector::Lanes;
use crate::x86::{Avx2F32, Avx512F32};

/// Calls an intrinsic.
macro_rules! cpu {
    ($call:expr) => {
        // SAFETY: the values below are made only inside the functions of `compiled!` that enable the
        // instruction set, and those are called only after the processor has been asked for it. The
        // pointers of loads and stores come from references to arrays of the full vector length.
        unsafe { $call }
    };
}

/// Applies an intrinsic to both registers.
macro_rules! both {
    ($op:ident, $($x:expr),+) => { cpu!(Avx2F32($op($($x.0),+), $op($($x.1),+))) };
}

impl Avx2F32 {
    #[inline(always)]
    fn quadrant_half(q: __m256, s: __m256, c: __m256) -> (__m256, __m256) {
        cpu!({
            let (one, two) = (_mm256_set1_epi32(1), _mm256_set1_epi32(2));
            let k = _mm256_cvtps_epi32(q);
            let odd = _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(k, one), one));
            let sign = |k| _mm256_castsi256_ps(_mm256_slli_epi32::<30>(_mm256_and_si256(k, two)));
            (
                _mm256_xor_ps(_mm256_blendv_ps(s, c, odd), sign(k)),
                _mm256_xor_ps(_mm256_blendv_ps(c, s, odd), sign(_mm256_add_epi32(k, one))),
            )
        })
    }
}

impl SingleLanes for Avx2F32 {
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        both!(_mm256_div_ps, self, other)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        both!(_mm256_min_ps, other, self)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        both!(_mm256_max_ps, other, self)
    }
    #[inline(always)]
    fn neg_mul_add(self, b: Self, c: Self) -> Self {
        both!(_mm256_fnmadd_ps, self, b, c)
    }
    #[inline(always)]
    fn neg(self) -> Self {
        both!(_mm256_xor_ps, self, Self::splat(-0.0))
    }
    #[inline(always)]
    fn quadrant(q: Self, s: Self, c: Self) -> [Self; 2] {
        let (s0, c0) = Self::quadrant_half(q.0, s.0, c.0);
        let (s1, c1) = Self::quadrant_half(q.1, s.1, c.1);
        [Self(s0, s1), Self(c0, c1)]
    }
    #[inline(always)]
    fn select_positive(self, yes: Self, no: Self) -> Self {
        let half = |x, yes, no| {
            cpu!({
                let positive = _mm256_cmp_ps::<_CMP_GT_OQ>(x, _mm256_setzero_ps());
                _mm256_blendv_ps(no, yes, positive)
            })
        };
        Self(half(self.0, yes.0, no.0), half(self.1, yes.1, no.1))
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        let half = |q| {
            cpu!({
                let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(q), _mm256_set1_epi32(127));
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
            })
        };
        Self(half(self.0), half(self.1))
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        let mut lanes = [0.0; 16];
        self.store(&mut lanes, 0);
        let folded: [f32; 8] = std::array::from_fn(|i| lanes[i] + lanes[i + 8]);
        let folded: [f32; 4] = std::array::from_fn(|i| folded[i] + folded[i + 4]);
        (folded[0] + folded[2]) + (folded[1] + folded[3])
    }
}

impl SingleLanes for Avx512F32 {
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        cpu!(Self(_mm512_div_ps(self.0, other.0)))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        cpu!(Self(_mm512_min_ps(other.0, self.0)))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        cpu!(Self(_mm512_max_ps(other.0, self.0)))
    }
    #[inline(always)]
    fn neg_mul_add(self, b: Self, c: Self) -> Self {
        cpu!(Self(_mm512_fnmadd_ps(self.0, b.0, c.0)))
    }
    #[inline(always)]
    fn neg(self) -> Self {
        cpu!({
            let sign = _mm512_set1_epi32(i32::MIN);
            Self(_mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(self.0), sign)))
        })
    }
    #[inline(always)]
    fn quadrant(q: Self, s: Self, c: Self) -> [Self; 2] {
        cpu!({
            let (one, two) = (_mm512_set1_epi32(1), _mm512_set1_epi32(2));
            let k = _mm512_cvtps_epi32(q.0);
            let odd = _mm512_test_epi32_mask(k, one);
            let flip = |x, k| {
                let sign = _mm512_slli_epi32::<30>(_mm512_and_si512(k, two));
                Self(_mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(x), sign)))
            };
            [
                flip(_mm512_mask_blend_ps(odd, s.0, c.0), k),
                flip(_mm512_mask_blend_ps(odd, c.0, s.0), _mm512_add_epi32(k, one)),
            ]
        })
    }
    #[inline(always)]
    fn select_positive(self, yes: Self, no: Self) -> Self {
        cpu!({
            let positive = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(self.0, _mm512_setzero_ps());
            Self(_mm512_mask_blend_ps(positive, no.0, yes.0))
        })
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        cpu!({
            let exponent = _mm512_add_epi32(_mm512_cvtps_epi32(self.0), _mm512_set1_epi32(127));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(exponent)))
        })
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        cpu!(_mm512_reduce_add_ps(self.0))
    }
}
