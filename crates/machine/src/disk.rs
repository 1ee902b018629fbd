//! The space that a disk has left.

use std::path::Path;

/// Bytes that an ordinary user can still write to the file system of a folder; `None` if the system does not report it.
#[must_use]
pub fn free(folder: &Path) -> Option<u64> {
    let of = rustix::fs::statvfs(folder).ok()?;
    of.f_bavail.checked_mul(of.f_frsize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder has some space, and one that is not there has none.
    #[test]
    fn space_of_folders() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free(folder.path()).is_some());
        assert_eq!(free(&folder.path().join("none")), None);
    }
}
