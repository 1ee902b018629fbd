//! Memory in a file: the operating system writes what has no room, and reads it when it is needed.

use std::fs::{File, OpenOptions, remove_file};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Real;
use crate::FdError;

/// Number of files made so far.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Numbers in a file of the folder of temporary files, which `TMPDIR` sets. The file has no name, so that nothing is left of it however
/// the program ends.
#[derive(Debug)]
pub(crate) struct FileMemory<T> {
    start: NonNull<T>,
    len: usize,
}

// SAFETY: it owns its memory, as a vector does.
unsafe impl<T: Send> Send for FileMemory<T> {}
// SAFETY: the same.
unsafe impl<T: Sync> Sync for FileMemory<T> {}

impl<T: Real> FileMemory<T> {
    /// Zeros. The whole file gets its place on the disk, so that there is no want of it later.
    ///
    /// # Errors
    /// [`FdError::File`].
    pub(crate) fn new(len: usize) -> Result<Self, FdError> {
        Self::in_folder(&std::env::temp_dir(), len)
    }

    fn in_folder(folder: &Path, len: usize) -> Result<Self, FdError> {
        let bytes = len.max(1).saturating_mul(size_of::<T>());
        let failed =
            |path: PathBuf, error: io::Error| FdError::File { path, bytes, reason: error.to_string() };
        let name = format!("fwi-waves-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(|error| failed(path.clone(), error))?;
        let removed = remove_file(&path);
        let start = removed.and_then(|()| mapped(&file, bytes)).map_err(|error| failed(path, error))?;
        Ok(Self { start: start.cast(), len })
    }
}

/// The first byte of a file in memory, after so many bytes have got their place on the disk.
#[cfg(target_os = "linux")]
fn mapped(file: &File, bytes: usize) -> io::Result<NonNull<u8>> {
    use rustix::fs::{FallocateFlags, fallocate, fstatfs};
    use rustix::mm::{MapFlags, ProtFlags, mmap};
    /// The file system in memory.
    const TMPFS: u64 = 0x0102_1994;
    if fstatfs(file)?.f_type as u64 == TMPFS {
        let reason = "its folder is in memory, not on a disk; set TMPDIR to a folder on a disk";
        return Err(io::Error::other(reason));
    }
    fallocate(file, FallocateFlags::empty(), 0, bytes as u64)?;
    // SAFETY: a new mapping at an address of the system's choice, of a file that nothing else opens or shortens.
    let start = unsafe {
        mmap(std::ptr::null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, file, 0)
    }?;
    NonNull::new(start.cast()).ok_or_else(|| io::Error::other("no address"))
}

#[cfg(not(target_os = "linux"))]
fn mapped(_: &File, _: usize) -> io::Result<NonNull<u8>> {
    Err(io::Error::other("wavefields are stored on disk on Linux only; choose another `storage`"))
}

impl<T> Drop for FileMemory<T> {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        {
            let bytes = self.len.max(1) * size_of::<T>();
            // SAFETY: the whole mapping, which nothing refers to any more. If it fails, memory stays taken until the end.
            let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), bytes) };
        }
    }
}

impl<T> Deref for FileMemory<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // SAFETY: `len` numbers begin there, which any bits are, and this borrows all of them.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T> DerefMut for FileMemory<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: the same.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Zeros that can be changed, in a file that nobody sees; a folder that is not there or is in memory is named.
    #[test]
    fn memory_of_a_file() {
        let folder = tempfile::tempdir_in(".").unwrap();
        let mut memory = FileMemory::<f32>::in_folder(folder.path(), 5000).unwrap();
        assert!(memory.len() == 5000 && memory.iter().all(|v| *v == 0.0));
        memory[4999] = 1.5;
        assert_eq!(memory[4999], 1.5);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let error = FileMemory::<f64>::in_folder(&folder.path().join("none"), 8).unwrap_err().to_string();
        assert!(error.contains("none/fwi-waves-") && error.contains("64 bytes"), "{error}");
        if Path::new("/dev/shm").is_dir() {
            let error = FileMemory::<f64>::in_folder(Path::new("/dev/shm"), 8).unwrap_err().to_string();
            assert!(error.contains("set TMPDIR"), "{error}");
        }
        // More than any disk has.
        let error = FileMemory::<f32>::in_folder(folder.path(), 1 << 58).unwrap_err().to_string();
        assert!(error.contains("fwi-waves-"), "{error}");
    }
}
