//! Input files: only regular files that fit into memory are opened.
//!
//! A named pipe can block a reader for ever, and a device may never end. Both are rejected before they are opened.

use std::fs::{File, FileType, Metadata};
use std::io::Read;
use std::path::Path;

use crate::data_error::DataError;
use crate::memory;

/// The name of a device in messages.
pub const DEVICE: &str = "a device";

/// Opens a regular file.
///
/// # Errors
/// [`DataError::Missing`], [`DataError::NotRegular`] for a directory, pipe, socket or device, [`DataError::Unreadable`].
pub fn open(path: &Path) -> Result<File, DataError> {
    metadata(path)?;
    File::open(path).map_err(|e| DataError::reading(path, e))
}

/// The metadata of a regular file.
///
/// # Errors
/// As [`open`].
pub fn metadata(path: &Path) -> Result<Metadata, DataError> {
    let found = std::fs::metadata(path).map_err(|e| DataError::reading(path, e))?;
    match kind(found.file_type()) {
        None => Ok(found),
        Some(found) => Err(DataError::NotRegular { path: path.to_owned(), found }),
    }
}

/// The bytes of a regular file.
///
/// # Errors
/// As [`open`]; [`DataError::Memory`] for a file larger than the memory that there is.
pub fn bytes(path: &Path) -> Result<Vec<u8>, DataError> {
    let file = open(path)?;
    let size = file.metadata().map_err(|e| DataError::reading(path, e))?.len();
    require(path, size, "the file")?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).map_err(|e| DataError::reading(path, e))?;
    Ok(bytes)
}

/// The text of a regular file in UTF-8, or in UTF-16 with a byte-order mark. The mark is removed.
///
/// # Errors
/// As [`bytes`]; [`DataError::Text`] with the position of the first byte that is not UTF-8.
pub fn text(path: &Path) -> Result<String, DataError> {
    let bytes = bytes(path)?;
    let wrong = |problem: String| DataError::Text { path: path.to_owned(), problem };
    // Windows PowerShell writes UTF-16, which always begins with a byte-order mark.
    let wide: Option<fn([u8; 2]) -> u16> = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(u16::from_le_bytes),
        Some([0xfe, 0xff]) => Some(u16::from_be_bytes),
        _ => None,
    };
    let mut text = match wide {
        Some(read) => {
            let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
            String::from_utf16(&units).map_err(|_| wrong("not a text file: damaged UTF-16".to_owned()))?
        }
        None => String::from_utf8(bytes).map_err(|error| {
            let error = error.utf8_error();
            wrong(format!("not a text file: byte {} is not UTF-8", error.valid_up_to()))
        })?,
    };
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Checks that reading a file does not need more memory than is available.
///
/// # Errors
/// [`DataError::Memory`].
pub fn require(path: &Path, bytes: u64, what: &str) -> Result<(), DataError> {
    memory::require(bytes, what).map_err(|shortage| DataError::Memory { path: path.to_owned(), shortage })
}

/// The kind of a path that is not a regular file, in words; `None` for a regular file.
pub fn kind(of: FileType) -> Option<&'static str> {
    if of.is_file() {
        return None;
    }
    if of.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if of.is_fifo() {
            return Some("a named pipe");
        }
        if of.is_socket() {
            return Some("a socket");
        }
        if of.is_char_device() {
            return Some(DEVICE);
        }
        if of.is_block_device() {
            return Some("a block device");
        }
    }
    Some("not a regular file")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Directories, devices and pipes are rejected at once, by kind. A byte-order mark is not part of the text.
    #[test]
    fn only_regular_files() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| bytes(path).unwrap_err().to_string();
        assert!(
            error(folder.path()).ends_with("is a directory, expected a file"),
            "{}",
            error(folder.path())
        );
        assert!(error(&folder.path().join("none")).ends_with("none: no such file"));
        #[cfg(unix)]
        {
            assert_eq!(error(Path::new("/dev/zero")), "/dev/zero: is a device, expected a file");
            let pipe = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success());
            assert!(error(&pipe).ends_with("pipe: is a named pipe, expected a file"), "{}", error(&pipe));
        }
        let file = folder.path().join("a.txt");
        std::fs::write(&file, b"\xef\xbb\xbf1\n").unwrap();
        assert_eq!(text(&file).unwrap(), "1\n");
        std::fs::write(&file, b"\xff\xfe1\0\n\0").unwrap();
        assert_eq!(text(&file).unwrap(), "1\n");
        std::fs::write(&file, b"ab\xff").unwrap();
        assert!(
            text(&file).unwrap_err().to_string().ends_with("a.txt: not a text file: byte 2 is not UTF-8")
        );
    }
}
