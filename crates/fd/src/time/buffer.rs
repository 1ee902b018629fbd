//! Arrays that start on a cache line, and large ones on a huge page.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a cache line and of the widest vector.
const LINE: usize = 64;

/// Size of a huge page. With pages of 4 KiB a large array has too many pages for the processor's address cache, and
/// the first access to each costs as much as stepping its nodes twice.
const HUGE: usize = 2 << 20;

/// Number of cache lines in a page of 4 KiB, over which the starts of arrays are spread.
const APART: usize = 64;

/// Number of arrays made so far.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// An array whose first element is on a cache line, so that vectors do not cross two lines.
#[derive(Debug)]
pub(crate) struct Buffer<T> {
    store: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Copy + Default> Buffer<T> {
    /// Zeros.
    pub(crate) fn new(len: usize) -> Self {
        Self::of(T::default(), len)
    }
}

impl<T: Clone> Buffer<T> {
    fn of(zero: T, len: usize) -> Self {
        let size = size_of::<T>();
        let bytes = len * size;
        // Untouched parts of the margin take no memory.
        let (align, padded) =
            if 2 * bytes > HUGE { (HUGE, bytes.next_multiple_of(HUGE)) } else { (LINE, bytes) };
        let mut store = vec![zero; (padded + align + APART * LINE) / size + 1];
        let start = store.as_ptr().align_offset(align).min(align / size);
        if align == HUGE {
            in_huge_pages(&mut store[start..start + padded / size]);
        }
        // Arrays are read and written at the same positions. If their addresses were equal in the last twelve bits,
        // the processor would mistake a load for one that depends on a recent store to another array.
        let turn = MADE.fetch_add(1, Ordering::Relaxed) * 13 % APART;
        Self { store, start: start + turn * LINE / size, len }
    }
}

/// Requests huge pages for memory that has not been touched.
#[cfg(target_os = "linux")]
fn in_huge_pages<T>(memory: &mut [T]) {
    use rustix::mm::{Advice, madvise};
    // SAFETY: the advice changes no content, and the range is a slice's. If it is declined, only time is lost.
    let _ = unsafe { madvise(memory.as_mut_ptr().cast(), size_of_val(memory), Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn in_huge_pages<T>(_: &mut [T]) {}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        // The last element belongs to the margin and is zero.
        let mut copy = Self::of(self.store[self.store.len() - 1].clone(), self.len);
        copy.clone_from_slice(self);
        copy
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.store[self.start..self.start + self.len]
    }
}

impl<T> DerefMut for Buffer<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.store[self.start..self.start + self.len]
    }
}
