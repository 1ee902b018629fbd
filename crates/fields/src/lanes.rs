//! Vectors of sixteen f32: the operations that the fused kernel and the activations are written with, portable, for AVX2
//! and for AVX-512.
//!
//! The kernel is written once over [`Lanes`] and compiled inside functions that enable an instruction set.
//! [`Portable`] is the safe twin that tests compare the others with.

pub(crate) mod elementary;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

/// Sixteen f32 and the operations that the kernel needs.
pub(crate) trait Lanes: Copy {
    fn splat(x: f32) -> Self;
    fn load(from: &[f32; 16]) -> Self;
    fn store(self, to: &mut [f32; 16]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    /// The smaller; `self` where either is NaN.
    fn min(self, other: Self) -> Self;
    /// The larger; `self` where either is NaN.
    fn max(self, other: Self) -> Self;
    /// self * b + c.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// c - self * b.
    fn neg_mul_add(self, b: Self, c: Self) -> Self;
    fn neg(self) -> Self;
    /// (sin, cos) of r + q pi/2 from `s` = sin r, `c` = cos r and the integer-valued `q`.
    fn quadrant(q: Self, s: Self, c: Self) -> [Self; 2];
    /// `yes` where self > 0, `no` elsewhere and for NaN.
    fn select_positive(self, yes: Self, no: Self) -> Self;
    /// 2^self for integer values from -126 to 127.
    fn power_of_two(self) -> Self;
    /// The sum of all lanes.
    fn sum(self) -> f32;
}

/// Plain Rust on arrays, which the compiler translates to the instructions of the target.
#[derive(Clone, Copy)]
pub(crate) struct Portable([f32; 16]);

impl Portable {
    #[inline(always)]
    fn map2(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl Lanes for Portable {
    #[inline(always)]
    fn splat(x: f32) -> Self {
        Self([x; 16])
    }
    #[inline(always)]
    fn load(from: &[f32; 16]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn store(self, to: &mut [f32; 16]) {
        *to = self.0;
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
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.map2(other, |a, b| a / b)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.map2(other, |a, b| if b < a { b } else { a })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.map2(other, |a, b| if b > a { b } else { a })
    }
    // Not f32::mul_add, which is a slow library call without the instruction.
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] * b.0[i] + c.0[i]))
    }
    #[inline(always)]
    fn neg_mul_add(self, b: Self, c: Self) -> Self {
        Self(std::array::from_fn(|i| c.0[i] - self.0[i] * b.0[i]))
    }
    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0.map(|x| -x))
    }
    #[inline(always)]
    fn quadrant(q: Self, s: Self, c: Self) -> [Self; 2] {
        let (mut sin, mut cos) = (s, c);
        for i in 0..16 {
            let k = q.0[i] as i32;
            let (a, b) = if k & 1 == 0 { (s.0[i], c.0[i]) } else { (c.0[i], s.0[i]) };
            sin.0[i] = if k & 2 == 0 { a } else { -a };
            cos.0[i] = if k.wrapping_add(1) & 2 == 0 { b } else { -b };
        }
        [sin, cos]
    }
    #[inline(always)]
    fn select_positive(self, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|i| if self.0[i] > 0.0 { yes.0[i] } else { no.0[i] }))
    }
    #[inline(always)]
    fn power_of_two(self) -> Self {
        Self(self.0.map(|q| f32::from_bits(((q as i32).wrapping_add(127) << 23).cast_unsigned())))
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        self.0.iter().sum()
    }
}
