//! Whether a file is SEG-Y or SU: told from its name, otherwise from its contents.

use std::io::Read;
use std::path::Path;

use segy::SampleFormat;

/// The names of the importer in `fwi import --from`, which are endings of file names, too.
pub const NAMES: [&str; 3] = ["sgy", "segy", "su"];

/// First bytes of files that other importers read.
const OTHERS: [&[u8]; 3] = [b"\x89HDF\r\n\x1a\n", b"MATLAB ", b"\x93NUMPY"];

/// Whether a file is SEG-Y or SU.
///
/// One that is named so is: if it is of another kind, its reader says of which. Of others, the contents decide: a text header and a
/// known format of samples. SU files are numbers from the first byte on and need the name, or `--from su`.
#[must_use]
pub fn is_one(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let named = NAMES.contains(&ending.as_str());
    let mut head = Vec::new();
    let opened =
        std::fs::metadata(path).is_ok_and(|found| found.is_file()).then(|| std::fs::File::open(path));
    if let Some(Ok(file)) = opened {
        // A file that cannot be read is told by its name; whoever reads it reports why.
        let _ = file.take(3600).read_to_end(&mut head);
    }
    if named {
        return true;
    }
    if OTHERS.iter().any(|start| head.starts_with(start)) {
        return false;
    }
    has_headers(&head)
}

/// Whether bytes begin with the text header of SEG-Y, in EBCDIC or ASCII, and have a known format of samples at byte 3225.
fn has_headers(head: &[u8]) -> bool {
    let (Some(first), Some(&[a, b])) = (head.first(), head.get(3224..3226)) else { return false };
    let text = matches!(*first, 0xc3 | b'C');
    let known = |code: i16| SampleFormat::from_code(i64::from(code)).is_some();
    text && (known(i16::from_be_bytes([a, b])) || known(i16::from_le_bytes([a, b])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let mut head = vec![0x40; 3600];
        head[0] = 0xc3;
        head[3224..3226].copy_from_slice(&[0, 1]);
        assert!(is_one(&write("line.dat", &head)));
        assert!(is_one(&write("line.su", &[0; 300])));
        assert!(!is_one(&write("line.bin", &[0; 4000])));
        let mut npy = head.clone();
        npy[..6].copy_from_slice(b"\x93NUMPY");
        assert!(!is_one(&write("line.npy", &npy)));
        assert!(is_one(&folder.path().join("absent.segy")) && !is_one(&folder.path().join("absent.npy")));
    }
}
