//! The wavefields that a gradient keeps, in memory or in a file.

use std::ops::{Deref, DerefMut};

use super::buffer::Buffer;
use super::file_memory::FileMemory;
use crate::FdError;

/// Wavefields of some steps.
#[derive(Debug)]
pub(crate) enum Frames<T> {
    Memory(Buffer<T>),
    File(FileMemory<T>),
}

impl<T: Copy + Default> Frames<T> {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self::in_memory(0)
    }

    /// Zeros in memory.
    pub(crate) fn in_memory(len: usize) -> Self {
        Self::Memory(Buffer::new(len))
    }
}

impl<T: super::Real> Frames<T> {
    /// Zeros in a file, which is no longer there when they are dropped or the program ends.
    ///
    /// # Errors
    /// [`FdError::File`].
    pub(crate) fn in_file(len: usize) -> Result<Self, FdError> {
        FileMemory::new(len).map(Self::File)
    }
}

impl<T> Deref for Frames<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        match self {
            Self::Memory(buffer) => buffer,
            Self::File(memory) => memory,
        }
    }
}

impl<T> DerefMut for Frames<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::Memory(buffer) => buffer,
            Self::File(memory) => memory,
        }
    }
}
