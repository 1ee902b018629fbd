//! The bytes of a file, read at any place.
//!
//! Bytes are read at positions, not mapped. A mapped file ends the program when it is truncated, or its disk fails, while it is
//! read; here that is an error. A map also counts every page once read as memory of the program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::SegyError;
use crate::place::Place;

/// The bytes of a file.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    size: u64,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    Disk(fs::File),
    Memory(Vec<u8>),
}

impl Source {
    /// Opens a file.
    ///
    /// # Errors
    /// [`SegyError::Open`], [`SegyError::NotRegular`].
    pub(crate) fn open(path: &Path) -> Result<Self, SegyError> {
        let failed = |source| SegyError::Open { path: path.to_owned(), source };
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(SegyError::NotRegular { path: path.to_owned() });
        }
        let file = fs::File::open(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), size: metadata.len(), bytes: Bytes::Disk(file) })
    }

    /// Bytes in memory, with a name for messages.
    pub(crate) fn memory(name: &Path, bytes: Vec<u8>) -> Self {
        Self { path: name.to_owned(), size: bytes.len() as u64, bytes: Bytes::Memory(bytes) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Fills `out` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`SegyError::Read`] also where the file ends before.
    pub(crate) fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), SegyError> {
        let read = match &self.bytes {
            Bytes::Disk(file) => read_at(file, offset, out),
            Bytes::Memory(bytes) => usize::try_from(offset)
                .ok()
                .and_then(|start| bytes.get(start..)?.get(..out.len()))
                .map(|found| out.copy_from_slice(found))
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
        };
        let byte = usize::try_from(offset).map_or(usize::MAX, |offset| offset.saturating_add(1));
        read.map_err(|source| SegyError::Read { at: Place::byte(&self.path, byte), source })
    }
}

#[cfg(unix)]
fn read_at(file: &fs::File, offset: u64, out: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, offset)
}

#[cfg(windows)]
fn read_at(file: &fs::File, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
    while !out.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, out, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset += read as u64;
        out = &mut out[read..];
    }
    Ok(())
}
