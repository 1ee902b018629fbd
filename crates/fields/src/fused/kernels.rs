//! The kernel compiled for each activation and instruction set, and the choice among them at run time.

use super::block::{self, Block, Scratch};
use super::row::Row;
use super::weights::Weights;
use crate::jet::JetOrder;
use crate::pointwise::Pointwise;
use lanes::Instructions;
use lanes::Portable;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2F32, Avx512F32};

type Forward = unsafe fn(&Weights, &Block<'_>, &mut [Row], &mut Scratch, &mut [f32]);
type Backward = unsafe fn(&Weights, &Block<'_>, &[Row], &mut Scratch, &[f32], &mut [Row]);

/// Combinations of a number of coordinates and an order of jets.
const KERNELS: usize = 9;

/// Forward and backward, by [`KernelKey::index`].
#[derive(Clone, Copy)]
struct Compiled {
    forward: [Forward; KERNELS],
    backward: [Backward; KERNELS],
}

/// The kernel of a network and order of jets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KernelKey {
    pub(super) instructions: Instructions,
    /// Coordinates of a point, 2 or 3.
    pub(super) inputs: usize,
    pub(super) order: JetOrder,
}

impl KernelKey {
    /// Whether there is a kernel. In three coordinates the one for the Laplacian is not compiled, because each kernel takes
    /// seconds to compile for each activation.
    pub(super) fn exists(inputs: usize, order: JetOrder) -> bool {
        match inputs {
            2 => true,
            3 => order != JetOrder::Laplacian,
            _ => false,
        }
    }

    fn index(self) -> usize {
        match (self.inputs, self.order) {
            (2, order) => order as usize,
            (_, JetOrder::Value) => 5,
            (_, JetOrder::First) => 6,
            (_, JetOrder::Laplacian | JetOrder::Second) => 7,
            (_, JetOrder::Mixed) => 8,
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
                        forward::<A, 2, 6>,
                        forward::<A, 3, 1>,
                        forward::<A, 3, 4>,
                        forward::<A, 3, 7>,
                        forward::<A, 3, 10>,
                    ],
                    backward: [
                        backward::<A, 2, 1>,
                        backward::<A, 2, 3>,
                        backward::<A, 2, 4>,
                        backward::<A, 2, 5>,
                        backward::<A, 2, 6>,
                        backward::<A, 3, 1>,
                        backward::<A, 3, 4>,
                        backward::<A, 3, 7>,
                        backward::<A, 3, 10>,
                    ],
                }
            }
        }
    };
}

compiled!(portable, Portable<f32, 16>);
#[cfg(target_arch = "x86_64")]
compiled!(avx2, Avx2F32, "avx2,fma");
#[cfg(target_arch = "x86_64")]
compiled!(avx512, Avx512F32, "avx512f,avx2,fma");

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
        which: KernelKey,
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
        which: KernelKey,
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
