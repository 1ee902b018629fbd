//! Arrays that start on a cache line.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line and of the widest vector.
const LINE: usize = 64;

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
        let store = vec![T::default(); len + LINE / size_of::<T>()];
        let start = store.as_ptr().align_offset(LINE).min(LINE / size_of::<T>());
        Self { store, start, len }
    }
}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut store = self.store.clone();
        let start = store.as_ptr().align_offset(LINE).min(LINE / size_of::<T>());
        store[start..start + self.len].clone_from_slice(self);
        Self { store, start, len: self.len }
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
