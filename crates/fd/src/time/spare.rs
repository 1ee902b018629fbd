//! Large arrays that one shot leaves to the next.

use std::sync::{Mutex, PoisonError};

use super::buffer::Buffer;

/// Arrays of shots that are done. The system clears every page that it hands out, which costs a fifth of a gradient when
/// each shot asks anew; there are never more of them than shots have run at the same time.
#[derive(Debug)]
pub(crate) struct Spares<T>(Mutex<Vec<Buffer<T>>>);

impl<T: Copy + Default> Spares<T> {
    /// An array of so many elements: zeros, or what an earlier shot has left in it.
    pub(crate) fn take(&self, len: usize) -> Buffer<T> {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match spares.iter().position(|spare| spare.len() == len) {
            Some(k) => spares.swap_remove(k),
            None => Buffer::new(len),
        }
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

/// A copy of what owns spares has none.
impl<T> Clone for Spares<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}
