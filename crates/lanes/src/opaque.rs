//! A number that the compiler cannot see through.

/// The same number, of which the compiler does not know where it comes from: addresses are then a few rows from one
/// that is in a register, and not each in a register of its own, for which there are too few.
#[inline(always)]
#[must_use]
pub fn opaque(index: usize) -> usize {
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
