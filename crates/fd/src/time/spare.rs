//! Large arrays that one shot leaves to the next.

use std::sync::{Mutex, PoisonError};

use super::buffer::Buffer;

/// Arrays of finished shots. The system clears every page that it provides, which costs a fifth of a gradient, and a
/// sixth of a hundred steps in 3-D, if each shot allocates anew. There are never more arrays than shots that ran at
/// the same time.
#[derive(Debug)]
pub(crate) struct Spares<T>(Mutex<Vec<Buffer<T>>>);

impl<T: Copy + Default> Spares<T> {
    /// An array with this number of elements: zeros, or what an earlier shot left in it.
    pub(crate) fn take(&self, len: usize) -> Buffer<T> {
        self.left(len).unwrap_or_else(|| Buffer::new(len))
    }

    /// So many zeros.
    pub(crate) fn zeros(&self, len: usize) -> Buffer<T> {
        match self.left(len) {
            Some(mut spare) => {
                spare.fill(T::default());
                spare
            }
            None => Buffer::new(len),
        }
    }

    fn left(&self, len: usize) -> Option<Buffer<T>> {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spares.iter().position(|spare| spare.len() == len).map(|k| spares.swap_remove(k))
    }

    /// Leaves an array to later shots.
    pub(crate) fn give(&self, spare: Buffer<T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(spare);
    }
}

impl<T> Default for Spares<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// A copy of the owner has no spare arrays.
impl<T> Clone for Spares<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
