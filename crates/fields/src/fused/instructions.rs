//! Instruction sets: vectors of sixteen f32, portable, AVX2 and AVX-512, the kernel compiled for each, and the
//! choice at run time. All `unsafe` of the crate is here and in [`x86`].
//!
//! The kernel is written once over [`Lanes`] and compiled inside functions that enable an instruction set.
//! [`Portable`] is the safe version with which tests compare the others.

use super::block::{self, Block, Scratch};
use super::product::{product, product_transposed};
use super::weights::Weights;
use crate::activation::Pointwise;
use crate::jet::JetOrder;

/// One row of a panel: 32 columns, the unit of storage of every matrix in the kernel.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row(pub(crate) [f32; 32]);

impl Row {
    pub(crate) const ZERO: Self = Self([0.0; 32]);

    /// Lanes 0..16 (`half` 0) or 16..32 (`half` 1).
    #[inline(always)]
    pub(crate) fn load<V: Lanes>(&self, half: usize) -> V {
        V::load(&self.0.as_chunks::<16>().0[half])
    }

    /// Overwrites one half.
    #[inline(always)]
    pub(crate) fn store<V: Lanes>(&mut self, half: usize, v: V) {
        v.store(&mut self.0.as_chunks_mut::<16>().0[half]);
    }

    /// Adds to one half.
    #[inline(always)]
    pub(crate) fn accumulate<V: Lanes>(&mut self, half: usize, v: V) {
        let sum = self.load::<V>(half).add(v);
        self.store(half, sum);
    }
}

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
    /// [`product`] with the tile size that suits the register file; compiled once, not for each activation.
    fn product(a: &[Row], b: &[Row], c: &mut [Row]);
    /// [`product_transposed`] with the tile size that suits the register file.
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize);
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
    #[inline(never)]
    fn product(a: &[Row], b: &[Row], c: &mut [Row]) {
        product::<Self, 4, 1>(a, b, c);
    }
    #[inline(never)]
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
        product_transposed::<Self, 4, 1>(a, b, g, rows);
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86;

type Forward = unsafe fn(&Weights, &Block<'_>, &mut [Row], &mut Scratch, &mut [f32]);
type Backward = unsafe fn(&Weights, &Block<'_>, &[Row], &mut Scratch, &[f32], &mut [Row]);

/// Forward and backward, by [`Which::index`].
#[derive(Clone, Copy)]
struct Compiled {
    forward: [Forward; 6],
    backward: [Backward; 6],
}

/// The kernel of a network and order of jets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Which {
    pub(super) instructions: Instructions,
    /// Coordinates of a point, 2 or 3.
    pub(super) inputs: usize,
    pub(super) order: JetOrder,
}

impl Which {
    /// Whether there is a kernel. In three coordinates only the value and the second order are compiled, because each
    /// kernel takes seconds to compile for each activation.
    pub(super) fn exists(inputs: usize, order: JetOrder) -> bool {
        match inputs {
            2 => true,
            3 => matches!(order, JetOrder::Value | JetOrder::Second),
            _ => false,
        }
    }

    fn index(self) -> usize {
        match (self.inputs, self.order) {
            (2, order) => order as usize,
            (_, JetOrder::Value) => 4,
            _ => 5,
        }
    }
}

/// The kernels of one activation.
pub(crate) struct Kernels {
    portable: Compiled,
    #[cfg(target_arch = "x86_64")]
    avx2: Compiled,
    #[cfg(target_arch = "x86_64")]
    avx512: Compiled,
}

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// The instruction sets of this processor, the best last.
    pub(crate) fn all() -> Vec<Self> {
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
        Self::all().pop().expect("there is always the portable kernel")
    }
}

/// A module with the two entry points compiled for an instruction set.
macro_rules! compiled {
    ($name:ident, $lanes:ty $(, $features:literal)?) => {
        mod $name {
            use super::*;

            $(#[target_feature(enable = $features)])?
            fn forward<A: Pointwise, const D: usize, const S: usize>(
                weights: &Weights,
                block: &Block<'_>,
                tape: &mut [Row],
                scratch: &mut Scratch,
                out: &mut [f32],
            ) {
                block::forward::<$lanes, A, D, S>(weights, block, tape, scratch, out);
            }

            $(#[target_feature(enable = $features)])?
            fn backward<A: Pointwise, const D: usize, const S: usize>(
                weights: &Weights,
                block: &Block<'_>,
                tape: &[Row],
                scratch: &mut Scratch,
                g: &[f32],
                gradient: &mut [Row],
            ) {
                block::backward::<$lanes, A, D, S>(weights, block, tape, scratch, g, gradient);
            }

            pub(super) const fn compiled<A: Pointwise>() -> Compiled {
                Compiled {
                    forward: [
                        forward::<A, 2, 1>,
                        forward::<A, 2, 3>,
                        forward::<A, 2, 4>,
                        forward::<A, 2, 5>,
                        forward::<A, 3, 1>,
                        forward::<A, 3, 7>,
                    ],
                    backward: [
                        backward::<A, 2, 1>,
                        backward::<A, 2, 3>,
                        backward::<A, 2, 4>,
                        backward::<A, 2, 5>,
                        backward::<A, 3, 1>,
                        backward::<A, 3, 7>,
                    ],
                }
            }
        }
    };
}

compiled!(portable, Portable);
#[cfg(target_arch = "x86_64")]
compiled!(avx2, Avx2, "avx2,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx512, Avx512, "avx512f,avx2,fma");

impl Kernels {
    pub(crate) const fn of<A: Pointwise>() -> Self {
        Self {
            portable: portable::compiled::<A>(),
            #[cfg(target_arch = "x86_64")]
            avx2: avx2::compiled::<A>(),
            #[cfg(target_arch = "x86_64")]
            avx512: avx512::compiled::<A>(),
        }
    }

    fn compiled(&self, instructions: Instructions) -> &Compiled {
        match instructions {
            Instructions::Portable => &self.portable,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => &self.avx2,
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => &self.avx512,
        }
    }

    /// [`block::forward`] for an order of jets.
    pub(super) fn forward(
        &self,
        which: Which,
        weights: &Weights,
        block: &Block<'_>,
        tape: &mut [Row],
        scratch: &mut Scratch,
        out: &mut [f32],
    ) {
        let run = self.compiled(which.instructions).forward[which.index()];
        // SAFETY: the functions are safe but for their instruction set, and `Instructions` other than
        // `Portable` come from `Instructions::all`, which asked the processor.
        unsafe { run(weights, block, tape, scratch, out) }
    }

    /// [`block::backward`] for an order of jets.
    pub(super) fn backward(
        &self,
        which: Which,
        weights: &Weights,
        block: &Block<'_>,
        tape: &[Row],
        scratch: &mut Scratch,
        (g, gradient): (&[f32], &mut [Row]),
    ) {
        let run = self.compiled(which.instructions).backward[which.index()];
        // SAFETY: as in `forward`.
        unsafe { run(weights, block, tape, scratch, g, gradient) }
    }
}
