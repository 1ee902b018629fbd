//! Vectors of 64 bytes: the operations that kernels are written with, portable, for AVX2 and for AVX-512.
//!
//! A kernel is written once over [`Lanes`] (any element) or [`SingleLanes`] (sixteen f32) and compiled inside functions that
//! enable an instruction set. [`Portable`] is the safe twin that tests compare the others with.
//!
//! # Safety
//! The operations of the types for AVX2 and AVX-512 must run only inside functions that enable these instruction sets, on a
//! processor that [`Instructions::all`] has found to have them.

pub mod elementary;
mod instructions;
mod opaque;
mod portable;
mod single;
#[cfg(test)]
mod tests;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
mod x86_single;

pub use instructions::Instructions;
pub use opaque::opaque;
pub use portable::Portable;
pub use single::SingleLanes;
pub use vector::{Element, Lanes};
#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};
