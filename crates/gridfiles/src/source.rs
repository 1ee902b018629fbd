//! The bytes of a file, read at any place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::byte_order::ByteOrder;
use crate::error::{Fault, GridFileError};
use crate::number_type::NumberType;
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

/// Bytes that are read at once.
const BLOCK: usize = 1 << 20;

impl Source {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Fault::Open`], [`Fault::NotRegular`], [`Fault::Empty`].
    pub(crate) fn open(path: &Path) -> Result<Self, GridFileError> {
        let failed = |source| Place::whole(path).fault(Fault::Open(source));
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() {
            return Err(Place::whole(path).fault(Fault::NotRegular));
        }
        let file = fs::File::open(path).map_err(failed)?;
        Self { path: path.to_owned(), size: metadata.len(), bytes: Bytes::Disk(file) }.not_empty()
    }

    /// Bytes in memory, with a name for messages.
    ///
    /// # Errors
    /// [`Fault::Empty`].
    pub(crate) fn memory(name: &Path, bytes: Vec<u8>) -> Result<Self, GridFileError> {
        Self { path: name.to_owned(), size: bytes.len() as u64, bytes: Bytes::Memory(bytes) }.not_empty()
    }

    fn not_empty(self) -> Result<Self, GridFileError> {
        if self.size == 0 { Err(Place::whole(&self.path).fault(Fault::Empty)) } else { Ok(self) }
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
    /// [`Fault::Read`] also where the file ends before.
    pub(crate) fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), GridFileError> {
        let read = match &self.bytes {
            Bytes::Disk(file) => read_at(file, offset, out),
            Bytes::Memory(bytes) => usize::try_from(offset)
                .ok()
                .and_then(|start| bytes.get(start..)?.get(..out.len()))
                .map(|found| out.copy_from_slice(found))
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into()),
        };
        read.map_err(|source| Place::byte(&self.path, offset).fault(Fault::Read(source)))
    }

    /// The first bytes, at most so many.
    pub(crate) fn head(&self, most: usize) -> Result<Vec<u8>, GridFileError> {
        let mut bytes = vec![0; usize::try_from(self.size).unwrap_or(usize::MAX).min(most)];
        self.read(0, &mut bytes)?;
        Ok(bytes)
    }

    /// All bytes.
    pub(crate) fn all(self) -> Result<Vec<u8>, GridFileError> {
        match self.bytes {
            Bytes::Memory(bytes) => Ok(bytes),
            Bytes::Disk(_) => self.head(usize::MAX),
        }
    }

    /// Appends `count` numbers from `offset` on. The caller has checked that the file has them.
    pub(crate) fn numbers(
        &self,
        offset: u64,
        count: usize,
        (number, order): (NumberType, ByteOrder),
        out: &mut Vec<f64>,
    ) -> Result<(), GridFileError> {
        out.reserve(count);
        let per_block = BLOCK / number.size();
        let mut block = vec![0; BLOCK.min(count.saturating_mul(number.size()))];
        let mut done = 0;
        while done < count {
            let now = per_block.min(count - done);
            let bytes = &mut block[..now * number.size()];
            self.read(offset + (done * number.size()) as u64, bytes)?;
            number.decode(order, bytes, out);
            done += now;
        }
        Ok(())
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
