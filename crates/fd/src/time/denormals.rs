//! Denormal numbers as zeros.

/// While it lives, denormal numbers are zero on this thread: at the front of a wave they would cost a hundred times more
/// than other numbers.
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
        // SAFETY: reads four bytes; only the treatment of denormals differs from what was there.
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
