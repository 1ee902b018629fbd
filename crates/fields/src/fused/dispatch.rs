//! The kernel compiled for each instruction set, and the choice at run time.

use super::block::{self, Block, Scratch};
use super::lanes::{Portable, Row};
use super::weights::Weights;
use crate::activation::Pointwise;
use crate::jet::JetOrder;

type Forward = unsafe fn(&Weights, &Block<'_>, &mut [Row], &mut Scratch, &mut [f32]);
type Backward = unsafe fn(&Weights, &Block<'_>, &[Row], &mut Scratch, &[f32], &mut [Row]);

/// Forward and backward for 1, 3, 4 and 5 streams.
#[derive(Clone, Copy)]
struct Compiled {
    forward: [Forward; 4],
    backward: [Backward; 4],
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
    /// What this processor has, the best last.
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

/// A module with the two entries compiled for a set of instructions.
macro_rules! compiled {
    ($name:ident, $lanes:ty $(, $features:literal)?) => {
        mod $name {
            use super::*;

            $(#[target_feature(enable = $features)])?
            fn forward<A: Pointwise, const S: usize>(
                weights: &Weights,
                block: &Block<'_>,
                tape: &mut [Row],
                scratch: &mut Scratch,
                out: &mut [f32],
            ) {
                block::forward::<$lanes, A, S>(weights, block, tape, scratch, out);
            }

            $(#[target_feature(enable = $features)])?
            fn backward<A: Pointwise, const S: usize>(
                weights: &Weights,
                block: &Block<'_>,
                tape: &[Row],
                scratch: &mut Scratch,
                g: &[f32],
                gradient: &mut [Row],
            ) {
                block::backward::<$lanes, A, S>(weights, block, tape, scratch, g, gradient);
            }

            pub(super) const fn compiled<A: Pointwise>() -> Compiled {
                Compiled {
                    forward: [forward::<A, 1>, forward::<A, 3>, forward::<A, 4>, forward::<A, 5>],
                    backward: [backward::<A, 1>, backward::<A, 3>, backward::<A, 4>, backward::<A, 5>],
                }
            }
        }
    };
}

compiled!(portable, Portable);
#[cfg(target_arch = "x86_64")]
compiled!(avx2, crate::fused::lanes::Avx2, "avx2,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx512, crate::fused::lanes::Avx512, "avx512f,avx2,fma");

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
        (instructions, order): (Instructions, JetOrder),
        weights: &Weights,
        block: &Block<'_>,
        tape: &mut [Row],
        scratch: &mut Scratch,
        out: &mut [f32],
    ) {
        let run = self.compiled(instructions).forward[order as usize];
        // SAFETY: the functions are safe but for their instruction set, and `Instructions` other than
        // `Portable` come from `Instructions::all`, which asked the processor.
        unsafe { run(weights, block, tape, scratch, out) }
    }

    /// [`block::backward`] for an order of jets.
    pub(super) fn backward(
        &self,
        (instructions, order): (Instructions, JetOrder),
        weights: &Weights,
        block: &Block<'_>,
        tape: &[Row],
        scratch: &mut Scratch,
        (g, gradient): (&[f32], &mut [Row]),
    ) {
        let run = self.compiled(instructions).backward[order as usize];
        // SAFETY: as in `forward`.
        unsafe { run(weights, block, tape, scratch, g, gradient) }
    }
}
