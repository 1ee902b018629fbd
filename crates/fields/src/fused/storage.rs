//! Working memory of the kernel: buffers of rows that are reused. Returning tens of megabytes to the system and
//! faulting them in again costs a tenth of a training step.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use super::row::Row;

/// Largest tape. Beyond it the backward pass computes the pre-activations again.
pub(crate) const TAPE_LIMIT_BYTES: usize = 1 << 30;

/// The largest total size of unused buffers that are kept, in bytes.
const KEEP_BYTES: usize = 1 << 30;

static UNUSED: Mutex<Vec<Vec<Row>>> = Mutex::new(Vec::new());

/// Rows of unspecified content (finite numbers), borrowed from the pool.
pub(crate) struct Buffer {
    rows: Vec<Row>,
    length: usize,
}

impl Buffer {
    /// A buffer of `length` rows; its content is left over from earlier use.
    pub(crate) fn new(length: usize) -> Self {
        let mut unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner);
        let best = (0..unused.len()).filter(|i| unused[*i].len() >= length).min_by_key(|i| unused[*i].len());
        // A much larger buffer is left for larger requests.
        let rows = best.filter(|i| unused[*i].len() <= 2 * length + 1024).map(|i| unused.swap_remove(i));
        drop(unused);
        Self { rows: rows.unwrap_or_else(|| vec![Row::ZERO; length]), length }
    }

    /// A buffer of zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        let mut buffer = Self::new(length);
        buffer.fill(Row::ZERO);
        buffer
    }
}

impl Deref for Buffer {
    type Target = [Row];
    fn deref(&self) -> &[Row] {
        &self.rows[..self.length]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [Row] {
        &mut self.rows[..self.length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let mut unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner);
        unused.push(rows);
        // The oldest buffers are released first.
        let mut kept: usize = unused.iter().map(|rows| size_of_val(rows.as_slice())).sum();
        while kept > KEEP_BYTES {
            kept -= size_of_val(unused.remove(0).as_slice());
        }
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Buffer({} rows)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_have_the_length_asked_for() {
        for length in [0, 1, 5000, 17] {
            assert_eq!(Buffer::new(length).len(), length);
        }
        let mut buffer = Buffer::new(10);
        buffer[3].0[1] = 2.0;
        drop(buffer);
        assert!(Buffer::zeros(10).iter().all(|row| row.0 == [0.0; 32]));
    }
}
