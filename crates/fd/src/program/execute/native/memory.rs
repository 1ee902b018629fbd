//! Memory that holds machine code.

use std::ptr::NonNull;

use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};

/// Machine code, executable and not writable.
#[derive(Debug)]
pub(crate) struct Code {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: nothing writes to the memory after it has been made.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

impl Code {
    /// Copies machine code to memory of its own; `None` where the system does not allow this.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE);
        // SAFETY: a new mapping at a place that the system chooses.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), bytes.len(), protection, flags) }.ok()?;
        let code = Self { start: NonNull::new(start.cast())?, len: bytes.len() };
        // SAFETY: the mapping is writable, as long as the bytes, and nothing else knows it.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), code.start.as_ptr(), bytes.len()) };
        let protection = MprotectFlags::READ | MprotectFlags::EXEC;
        // SAFETY: the range is the mapping's; no reference to its content exists.
        unsafe { mprotect(code.start.as_ptr().cast(), code.len, protection) }.ok()?;
        Some(code)
    }

    /// The address of a byte.
    pub(crate) fn at(&self, offset: usize) -> *const u8 {
        assert!(offset < self.len);
        self.start.as_ptr().wrapping_add(offset)
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's, and functions in it are not called after its end.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
    }
}
