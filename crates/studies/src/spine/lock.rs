//! The lock of a run directory. It prevents two runs from writing to the same directory.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use scenario::error::FwiError;
use survey::data_error::DataError;

/// The file that is locked during a run.
pub(super) const FILE: &str = ".lock";

/// A lock that is held until it is dropped, or the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Locks a folder.
    ///
    /// # Errors
    /// [`FwiError::Busy`] when another process holds the lock; [`DataError::Unwritable`].
    pub(super) fn take(folder: &Path) -> Result<Lock, FwiError> {
        let path = folder.join(FILE);
        let refused = |e| FwiError::Data(DataError::writing(&path, e));
        loop {
            let mut options = File::options();
            let mut file =
                options.read(true).write(true).create(true).truncate(false).open(&path).map_err(refused)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut by = String::new();
                    // The error names the process if the file can be read.
                    let _ = file.read_to_string(&mut by);
                    return Err(FwiError::Busy { path: folder.to_owned(), by: by.trim().to_owned() });
                }
                // This file system has no locks, so other runs cannot be detected.
                Err(TryLockError::Error(_)) => return Ok(Lock { path, _file: file }),
            }
            // The previous process may have removed the file between the two calls.
            if !same_file(&file, &path) {
                continue;
            }
            let told = file.set_len(0).and_then(|()| file.rewind());
            told.and_then(|()| writeln!(file, "process {}", std::process::id())).map_err(refused)?;
            return Ok(Lock { path, _file: file });
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(here), Ok(there)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (here.dev(), here.ino()) == (there.dev(), there.ino())
}

#[cfg(not(unix))]
fn same_file(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second lock is refused with the process that holds the first; one that is released leaves no file.
    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err();
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        drop(first);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        Lock::take(folder.path()).unwrap();
    }
}
