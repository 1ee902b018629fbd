//! Vectors in plain Rust.

use crate::single::SingleLanes;
use crate::vector::{Element, Lanes};

/// Plain Rust on arrays; the compiler turns it into whatever the target has.
#[derive(Clone, Copy)]
pub struct Portable<T, const N: usize>([T; N]);

impl<T: Element, const N: usize> Portable<T, N> {
    #[inline(always)]
    fn map2(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl<T: Element, const LANES: usize> Lanes for Portable<T, LANES> {
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

impl SingleLanes for Portable<f32, 16> {
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
