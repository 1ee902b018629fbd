//! Atomic writes: a file appears completely or not at all.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::data_error::DataError;
use crate::input_file;

/// Temporary files that are being written.
static TEMPORARIES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file that is registered while it is written.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(path: &Path) -> TemporaryFile {
        if let Ok(mut all) = TEMPORARIES.lock() {
            all.insert(path.to_owned());
        }
        TemporaryFile(path.to_owned())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Ok(mut all) = TEMPORARIES.lock() {
            all.remove(&self.0);
        }
    }
}

/// Removes unfinished files before the program is terminated.
pub fn remove_temporaries() {
    for path in TEMPORARIES.lock().map(|all| all.clone()).unwrap_or_default() {
        // The program ends; there is nobody left to be told.
        let _ = std::fs::remove_file(path);
    }
}

/// Lets `write` fill a temporary file beside `path`, writes it through to the disk, then renames it to `path`.
///
/// If it fails or the program crashes, an existing file of that name stays unchanged. Missing folders are created. If `path`
/// is a symbolic link, its target is written; if it is a device, the bytes are written to the device.
///
/// # Errors
/// [`DataError::Unwritable`] if the folder cannot be written to; otherwise the error of `write`.
pub fn write_with<T>(path: &Path, write: impl FnOnce(&Path) -> Result<T, DataError>) -> Result<T, DataError> {
    let unwritable = |e| DataError::writing(path, e);
    let (target, exists) = target_of(path).map_err(unwritable)?;
    if let Some(found) = exists {
        return write_to_device(path, found, write);
    }
    let folder = folder_of(&target);
    std::fs::create_dir_all(&folder).map_err(unwritable)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let here = format!(".{name}.{}-", processes());
    remove_orphans(&folder, &here);
    let prefix = format!("{here}{}-", std::process::id());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // The temporary default of 0600 would survive the renaming; the usual umask decides instead.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(&folder).map_err(unwritable)?.into_temp_path();
    let _noted = TemporaryFile::new(&temporary);
    let value = write(&temporary)?;
    File::options().write(true).open(&temporary).and_then(|file| file.sync_all()).map_err(unwritable)?;
    temporary.persist(&target).map_err(|e| unwritable(e.error))?;
    sync_folder(&folder);
    Ok(value)
}

/// Names the processes among which the number of one is its own: those of this machine since it was started, in this
/// container. Empty where the system does not say.
fn processes() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let digits = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (boot, space) = (digits(&boot), digits(&space.to_string_lossy()));
    if boot.is_empty() || space.is_empty() { String::new() } else { format!("{boot:.8}{space}") }
}

/// Removes temporary files of these processes that were killed while they wrote them.
fn remove_orphans(folder: &Path, prefix: &str) {
    if processes().is_empty() {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(prefix)?.strip_suffix(".tmp"));
        let process = rest.and_then(|rest| rest.split_once('-')?.0.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists()) {
            // One that is not there any more is as good.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Unfinished files of `path` that [`write_with`] does not remove, because nobody here can tell whether a program still writes them: those of
/// another machine, or of before this one was started.
#[must_use]
pub fn left_behind(path: &Path) -> Vec<PathBuf> {
    let Ok((target, None)) = target_of(path) else { return Vec::new() };
    let (prefix, here) =
        (format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy()), processes());
    let entries = std::fs::read_dir(folder_of(&target)).into_iter().flatten().flatten();
    let ours = |name: &str| {
        let rest = name.strip_prefix(&prefix)?.strip_suffix(".tmp")?;
        // `<processes>-<process>-<random>`.
        let elsewhere = rest.split('-').count() == 3 && (here.is_empty() || !rest.starts_with(&here));
        elsewhere.then_some(())
    };
    let mut left: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().and_then(ours).is_some())
        .map(|entry| entry.path())
        .collect();
    left.sort();
    left
}

/// The target of a path after following symbolic links, and its kind if it is not a regular file.
fn target_of(path: &Path) -> std::io::Result<(PathBuf, Option<&'static str>)> {
    /// Most links that are followed, as in Linux.
    const LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..LINKS {
        match std::fs::symlink_metadata(&target) {
            Ok(found) if found.is_symlink() => {
                // A relative link starts from its own folder.
                target = folder_of(&target).join(std::fs::read_link(&target)?);
            }
            Ok(found) => return Ok((target, input_file::kind(found.file_type()))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((target, None)),
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::other("a symbolic link that leads back to itself"))
}

/// Writes to a device such as `/dev/null` or `/dev/stdout`, which is not replaced by a file.
fn write_to_device<T>(
    path: &Path,
    found: &'static str,
    write: impl FnOnce(&Path) -> Result<T, DataError>,
) -> Result<T, DataError> {
    if found != input_file::DEVICE {
        return Err(DataError::NotRegular { path: path.to_owned(), found });
    }
    let unwritable = |e| DataError::writing(path, e);
    // Some formats cannot be written sequentially and need a file first.
    let temporary = tempfile::NamedTempFile::new().map_err(unwritable)?.into_temp_path();
    let value = write(&temporary)?;
    let mut from = File::open(&temporary).map_err(unwritable)?;
    let mut to = File::options().write(true).open(path).map_err(unwritable)?;
    std::io::copy(&mut from, &mut to).and_then(|_| to.flush()).map_err(unwritable)?;
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
    let file = input_file::open(path)?;
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

    /// A link is kept and its target is written, whether the target exists or not.
    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("far")).unwrap();
        std::fs::write(at("far/real.txt"), b"old").unwrap();
        std::os::unix::fs::symlink("far/real.txt", at("near.txt")).unwrap();
        std::os::unix::fs::symlink("near.txt", at("nearer.txt")).unwrap();
        std::os::unix::fs::symlink("far/new.txt", at("later.txt")).unwrap();
        write_bytes(&at("nearer.txt"), b"new").unwrap();
        write_bytes(&at("later.txt"), b"later").unwrap();
        assert_eq!(std::fs::read(at("far/real.txt")).unwrap(), b"new");
        assert_eq!(std::fs::read(at("far/new.txt")).unwrap(), b"later");
        for name in ["near.txt", "nearer.txt", "later.txt"] {
            assert!(std::fs::symlink_metadata(at(name)).unwrap().is_symlink(), "{name}");
        }
        std::os::unix::fs::symlink("round.txt", at("round.txt")).unwrap();
        assert!(
            write_bytes(&at("round.txt"), b"x").unwrap_err().to_string().contains("leads back to itself")
        );
    }

    /// A device is written to and stays a device; a folder is rejected.
    #[cfg(target_os = "linux")]
    #[test]
    fn devices_stay() {
        use std::os::unix::fs::FileTypeExt;
        write_bytes(Path::new("/dev/null"), b"x").unwrap();
        let full = Path::new("/dev/full");
        let error = write_bytes(full, b"x").unwrap_err().to_string();
        assert!(error.starts_with("/dev/full: cannot be written: No space left on device"), "{error}");
        assert!(std::fs::metadata(full).unwrap().file_type().is_char_device());
        let folder = tempfile::tempdir().unwrap();
        assert!(write_bytes(folder.path(), b"x").unwrap_err().to_string().contains("is a directory"));
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

    /// A process that was killed leaves its temporary file; the next writer removes that one and no other.
    #[cfg(target_os = "linux")]
    #[test]
    fn orphans_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.h5");
        let mut ended = std::process::Command::new("true").spawn().unwrap();
        let orphan = folder.path().join(format!(".m.h5.{}-{}-a1b2.tmp", processes(), ended.id()));
        ended.wait().unwrap();
        let others =
            [format!(".m.h5.{}-a1b2.tmp", std::process::id()), ".m.h5.tmp".to_owned(), "m.h5.bak".to_owned()];
        for name in &others {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        std::fs::write(&orphan, b"half").unwrap();
        write_bytes(&path, b"whole").unwrap();
        assert!(!orphan.exists() && others.iter().all(|name| folder.path().join(name).exists()));
        assert_eq!(left_behind(&path), [] as [PathBuf; 0]);
        // One of another machine is kept and named.
        let far = folder.path().join(".m.h5.0123abcdpid4026531836-7-a1b2.tmp");
        std::fs::write(&far, b"half").unwrap();
        write_bytes(&path, b"whole").unwrap();
        assert_eq!(left_behind(&path), [far]);
    }
}
