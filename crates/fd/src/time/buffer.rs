//! Arrays that start on a cache line, and large ones on a huge page.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a cache line and of the widest vector.
const LINE: usize = 64;

/// Bytes of a huge page. Of 4 KiB pages, large arrays have too many for the processor to remember where they are, and
/// the first touch of each costs as much as stepping its nodes twice.
const HUGE: usize = 2 << 20;

/// Cache lines in a page of 4 KiB, over which the starts of arrays are spread.
const APART: usize = 64;

/// How many arrays there have been.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// An array whose first element is on a cache line, so that vectors do not straddle two.
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
        // What is not touched of the margin takes no memory.
        let (align, padded) =
            if 2 * bytes > HUGE { (HUGE, bytes.next_multiple_of(HUGE)) } else { (LINE, bytes) };
        let mut store = vec![zero; (padded + align + APART * LINE) / size + 1];
        let start = store.as_ptr().align_offset(align).min(align / size);
        if align == HUGE {
            in_huge_pages(&mut store[start..start + padded / size]);
        }
        // Arrays are read and written at the same places: were these equal in their last twelve bits, the processor would
        // take a load for one of what has just been stored to another array.
        let turn = MADE.fetch_add(1, Ordering::Relaxed) * 13 % APART;
        Self { store, start: start + turn * LINE / size, len }
    }
}

/// Asks for huge pages under memory that has not been touched.
#[cfg(target_os = "linux")]
fn in_huge_pages<T>(memory: &mut [T]) {
    use rustix::mm::{Advice, madvise};
    // SAFETY: the advice changes no content, and the range is a slice's. A refusal costs time only.
    let _ = unsafe { madvise(memory.as_mut_ptr().cast(), size_of_val(memory), Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn in_huge_pages<T>(_: &mut [T]) {}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        // The last element is margin, and zero.
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
