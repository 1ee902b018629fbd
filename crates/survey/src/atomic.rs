//! Atomic writes: a file appears completely or not at all.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::data_error::DataError;

/// Temporary files that are being written.
static TEMPORARIES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Notes a temporary file for as long as it is written.
struct Noted(PathBuf);

impl Noted {
    fn new(path: &Path) -> Noted {
        if let Ok(mut all) = TEMPORARIES.lock() {
            all.insert(path.to_owned());
        }
        Noted(path.to_owned())
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        if let Ok(mut all) = TEMPORARIES.lock() {
            all.remove(&self.0);
        }
    }
}

/// Removes what is being written, before the program is ended in the middle of it.
pub fn remove_temporaries() {
    for path in TEMPORARIES.lock().map(|all| all.clone()).unwrap_or_default() {
        // The program ends; there is nobody left to be told.
        let _ = std::fs::remove_file(path);
    }
}

/// Lets `write` fill a temporary file beside `path`, writes it through to the disk, then renames it to `path`.
///
/// If it fails or the program crashes, an existing file of that name stays unchanged. Missing folders are created.
///
/// # Errors
/// [`DataError::Unwritable`] if the folder cannot be written to; otherwise the error of `write`.
pub fn write_with<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T, DataError>) -> Result<T, DataError> {
    let folder = folder_of(path);
    std::fs::create_dir_all(&folder).map_err(|e| DataError::writing(path, e))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // The temporary default of 0600 would survive the renaming; the usual umask decides instead.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(&folder).map_err(|e| DataError::writing(path, e))?.into_temp_path();
    let _noted = Noted::new(&temporary);
    let value = write(&temporary)?;
    let synced = File::options().write(true).open(&temporary).and_then(|file| file.sync_all());
    synced.map_err(|e| DataError::writing(path, e))?;
    temporary.persist(path).map_err(|e| DataError::writing(path, e.error))?;
    sync_folder(&folder);
    Ok(value)
}

/// Writes the new name of a file through to the disk, on systems where a folder can be opened; others do it by themselves.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// Writes `bytes` to `path` by way of a temporary file.
///
/// # Errors
/// [`DataError::Unwritable`] if the folder cannot be written to.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    write_with(path, |temporary| {
        let mut file = File::create(temporary).map_err(|e| DataError::writing(path, e))?;
        file.write_all(bytes).map_err(|e| DataError::writing(path, e))
    })
}

/// Writes a value as indented JSON with a final newline, via a temporary file.
///
/// # Errors
/// [`DataError::Unwritable`]; [`DataError::Text`] for a value that JSON cannot represent.
pub fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), DataError> {
    let mut json = serde_json::to_string_pretty(value)
        .map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })?;
    json.push('\n');
    write_bytes(path, json.as_bytes())
}

/// Writes rows as CSV with a header, via a temporary file.
///
/// # Errors
/// [`DataError::Unwritable`]; [`DataError::Text`] for a row that CSV cannot represent.
pub fn write_csv(path: &Path, rows: &[impl serde::Serialize]) -> Result<(), DataError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer
            .serialize(row)
            .map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })?;
    }
    let bytes = writer.into_inner().map_err(|e| DataError::writing(path, e.into_error()))?;
    write_bytes(path, &bytes)
}

/// Reads rows of CSV with a heading.
///
/// # Errors
/// [`DataError::Missing`], or [`DataError::Text`] with the line that cannot be read.
pub fn read_csv<R: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<R>, DataError> {
    let file = File::open(path).map_err(|e| DataError::reading(path, e))?;
    let rows = csv::Reader::from_reader(file).into_deserialize().collect::<Result<_, csv::Error>>();
    rows.map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })
}

/// Checks that a folder can be made and written in, before hours are spent on what goes there.
///
/// # Errors
/// [`DataError::Unwritable`] if it cannot.
pub fn check_writable(folder: &Path) -> Result<(), DataError> {
    let refuse = |e| DataError::writing(folder, e);
    std::fs::create_dir_all(folder).map_err(refuse)?;
    tempfile::Builder::new().prefix(".writable.").tempfile_in(folder).map_err(refuse)?;
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that fails leaves the old bytes and no temporary file behind.
    #[test]
    fn a_failed_write_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write_bytes(&path, b"old").unwrap();
        let failed = write_with(&path, |temporary| {
            std::fs::write(temporary, b"half").unwrap();
            Err::<(), _>(DataError::Missing { path: path.clone() })
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    /// A file in place of a folder gives one clear error (permissions would not stop root).
    #[test]
    fn an_unwritable_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("blocked");
        std::fs::write(&blocked, b"").unwrap();
        let error = write_bytes(&blocked.join("model.h5"), b"x").unwrap_err();
        assert!(matches!(error, DataError::Unwritable { .. }));
        assert!(error.to_string().contains("blocked/model.h5: cannot be written"), "{error}");
        assert!(check_writable(&blocked.join("runs")).is_err());
        check_writable(&folder.path().join("runs")).unwrap();
    }
}
