//! What can be wrong with an RSF file.

use std::path::PathBuf;

/// What is wrong with an RSF file.
///
/// # Units
/// Sizes in bytes. Shapes as in the header, axis 1 first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RsfFault {
    /// The header has bytes that are no text.
    #[error(
        "byte {found:#04x} in the text of the header; an RSF file begins with `key=value` pairs, and this is another kind of file"
    )]
    NotText {
        /// The byte.
        found: u8,
    },
    /// The header does not end.
    #[error(
        "the header does not end within {most} bytes; expected the bytes 0x0c 0x0c 0x04 before numbers in the same file"
    )]
    Endless {
        /// How many bytes were searched.
        most: usize,
    },
    /// A quoted value does not end.
    #[error("the quotation mark {mark} does not end")]
    Quote {
        /// The quotation mark.
        mark: char,
    },
    /// There is no `n1`.
    #[error("missing; an RSF header has the lengths n1, n2, ... of the axes")]
    NoAxes,
    /// A key has something else than a whole number.
    #[error("found \"{found}\", expected a whole number from 1 on")]
    Whole {
        /// The text.
        found: String,
    },
    /// A key has something else than a number.
    #[error("found \"{found}\", expected a finite number{}", if *nonzero { " other than 0" } else { "" })]
    Number {
        /// The text.
        found: String,
        /// Whether 0 is excluded, as for a spacing.
        nonzero: bool,
    },
    /// The type of numbers is unknown.
    #[error(
        "data_format \"{found}\", expected native_, xdr_ or ascii_ with float, double, int, short or uchar, such as native_float"
    )]
    DataFormat {
        /// The text.
        found: String,
    },
    /// The numbers are complex.
    #[error(
        "data_format \"{found}\": complex numbers are not read here, expected real ones; take a part with `sfreal` or `sfimag`"
    )]
    Complex {
        /// The text.
        found: String,
    },
    /// `esize` and the type contradict each other.
    #[error(
        "esize={found}, but data_format \"{format}\" has {expected} bytes for a number; correct one of them"
    )]
    ElementSize {
        /// `esize`.
        found: String,
        /// `data_format`.
        format: String,
        /// Bytes of that type.
        expected: usize,
    },
    /// The header says neither where the numbers are, nor are they behind it.
    #[error(
        "the header has no numbers behind it and names no file with them; expected in=\"FILE\", or the bytes 0x0c 0x0c 0x04 \
         and the numbers"
    )]
    NoData,
    /// The file with the numbers cannot be opened.
    #[error(
        "in=\"{}\" cannot be opened: {source}{}", path.display(),
        beside.as_ref().map_or("; copy the file with the numbers there, or correct `in`".to_owned(),
            |beside| format!("; `in` may mean {}: correct it", beside.display()))
    )]
    DataFile {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
        /// A file of this name beside the header.
        beside: Option<PathBuf>,
    },
    /// The numbers are too few or too many.
    #[error(
        "{found} bytes of numbers, expected {} for {shape:?} numbers (n1 first){}",
        expected.map_or("more than can be counted".to_owned(), |bytes| bytes.to_string()),
        if *size == 1 { String::new() } else { format!(" of {size} bytes") }
    )]
    DataSize {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be: all, or at least so many in text. Absent if they cannot be counted.
        expected: Option<u64>,
        /// The lengths of the axes, axis 1 first.
        shape: Vec<usize>,
        /// Bytes of a number.
        size: usize,
    },
    /// A word in the text of the numbers is no number.
    #[error("number {index} (counted from 0) is \"{found}\", expected a number such as 1500.0")]
    Word {
        /// Which number.
        index: usize,
        /// The word.
        found: String,
    },
    /// The numbers in text are too few or too many.
    #[error("{found} numbers in text, expected {expected}")]
    Words {
        /// Numbers there are.
        found: usize,
        /// Numbers there should be.
        expected: usize,
    },
    /// A text cannot be written into a header.
    #[error("{found:?} has both kinds of quotation marks or a line end, which an RSF header cannot hold")]
    Unquotable {
        /// The text.
        found: String,
    },
}
