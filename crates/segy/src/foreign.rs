//! Files of other kinds, told from their first bytes.

use crate::binary_header::FILE_HEADERS;

/// What a file that is neither SEG-Y nor SU looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// An HDF5 file.
    Hdf5,
    /// A MATLAB file.
    Matlab,
    /// A NumPy array.
    Npy,
    /// A file compressed by gzip.
    Gzip,
    /// A file compressed by another program.
    Compressed,
    /// A ZIP archive.
    Zip,
    /// A SEG-2 file.
    Seg2,
    /// A SEG-D file.
    SegD,
    /// Text.
    Text,
    /// Bytes that are nothing known.
    Unknown,
}

/// Kinds of files with their first bytes.
const STARTS: [(&[u8], Foreign); 13] = [
    (b"\x89HDF\r\n\x1a\n", Foreign::Hdf5),
    (b"MATLAB ", Foreign::Matlab),
    (b"\x93NUMPY", Foreign::Npy),
    (b"\x1f\x8b\x08", Foreign::Gzip),
    (b"\x28\xb5\x2f\xfd", Foreign::Compressed),
    (b"BZh", Foreign::Compressed),
    (b"\xfd7zXZ", Foreign::Compressed),
    (b"7z\xbc\xaf", Foreign::Compressed),
    (b"PK\x03\x04", Foreign::Zip),
    // The revision follows, 1 or 2.
    (b"\x55\x3a\x01\x00", Foreign::Seg2),
    (b"\x55\x3a\x02\x00", Foreign::Seg2),
    (b"\x3a\x55\x00\x01", Foreign::Seg2),
    (b"\x3a\x55\x00\x02", Foreign::Seg2),
];

impl Foreign {
    /// The kind of other file that the beginning of a file certainly is.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let start = STARTS.iter().find(|(start, _)| head.starts_with(start)).map(|(_, kind)| *kind);
        // SEG-D: file number in decimal digits, then a format code such as 8058, and no text around.
        let segd = || {
            let code = head.get(2..4).map(|code| u16::from_be_bytes([code[0], code[1]]));
            let known = matches!(code, Some(0x8015 | 0x8036 | 0x8038 | 0x8042 | 0x8044 | 0x8048 | 0x8058));
            (known && head.len() < FILE_HEADERS).then_some(Self::SegD)
        };
        // The text header of a SEG-Y file may be ASCII, but no binary header is.
        let text = || {
            let whole = match std::str::from_utf8(head) {
                Err(error) if error.error_len().is_none() => {
                    std::str::from_utf8(&head[..error.valid_up_to()])
                }
                read => read,
            };
            let printed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
            whole.is_ok_and(|text| text.chars().all(printed)).then_some(Self::Text)
        };
        start.or_else(segd).or_else(text)
    }
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hdf5 => "an HDF5 file",
            Self::Matlab => "a MATLAB file",
            Self::Npy => "a NumPy array",
            Self::Gzip => "compressed by gzip; uncompress it with `gunzip`",
            Self::Compressed => "compressed; uncompress it",
            Self::Zip => "a ZIP archive; unpack it",
            Self::Seg2 => "a SEG-2 file; convert it to SEG-Y",
            Self::SegD => "a SEG-D file; convert it to SEG-Y",
            Self::Text => "text",
            Self::Unknown => "no kind of file known here",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_told() {
        for (head, kind) in [
            (&b"\x89HDF\r\n\x1a\n\0\0"[..], Some(Foreign::Hdf5)),
            (b"PK\x03\x04\0", Some(Foreign::Zip)),
            (b"x,y\n1,2\n", Some(Foreign::Text)),
            ("Länge \u{20ac}".as_bytes(), Some(Foreign::Text)),
            (&"Länge \u{20ac}".as_bytes()[..9], Some(Foreign::Text)),
            (&[1; 100], None),
            (b"\0\x01\x80\x58\0", Some(Foreign::SegD)),
            (b"\0\0\0\x01\0", None),
        ] {
            assert_eq!(Foreign::of(head), kind);
        }
    }
}
