//! What can be wrong with a netCDF file.

/// What is wrong with a netCDF file.
///
/// # Units
/// Bytes; indices count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetcdfFault {
    /// The first bytes are those of another kind of file.
    #[error("begins with the bytes {found:02x?}, expected 43 44 46 (CDF) and 1, 2 or 5{}", match found.get(..4) {
        Some([0x89, b'H', b'D', b'F']) => "; this is HDF5 or netCDF-4, which the importer `hdf5` reads",
        _ => "; this is no netCDF file",
    })]
    Magic {
        /// The bytes.
        found: Vec<u8>,
    },
    /// The header goes on after the end of the file.
    #[error(
        "the header needs {expected} more bytes here, but the file has {found}: it is truncated; copy it again"
    )]
    Truncated {
        /// Bytes left in the file.
        found: u64,
        /// Bytes needed.
        expected: u64,
    },
    /// A list has another mark than expected.
    #[error("mark {found:#x}, expected {expected:#x} or 0 before a list of {of}; the file is damaged")]
    Tag {
        /// The mark.
        found: u32,
        /// The mark of the list.
        expected: u32,
        /// What the list is of.
        of: &'static str,
    },
    /// A list is longer than the file.
    #[error("{found} {of}, expected at most {most}, which is what the file has space for")]
    TooMany {
        /// Their number.
        found: u64,
        /// What they are.
        of: &'static str,
        /// The largest possible number.
        most: u64,
    },
    /// A type is unknown.
    #[error("type {found}, expected 1 to 6, in CDF-5 also 7 to 11")]
    Type {
        /// The code.
        found: u32,
    },
    /// A name is not text.
    #[error("a name is not in UTF-8; the file is damaged")]
    Name,
    /// There is more than one record dimension.
    #[error("a second dimension of length 0, expected one record dimension at most")]
    Records,
    /// A variable refers to a dimension that does not exist.
    #[error("dimension number {found}, expected 0 to {}", most.saturating_sub(1))]
    NoDimension {
        /// The number.
        found: u64,
        /// How many dimensions there are.
        most: usize,
    },
    /// The record dimension of a variable is not its first.
    #[error("the record dimension is axis {axis} of the variable, expected the first")]
    RecordAxis {
        /// The axis, from 0.
        axis: usize,
    },
    /// The file was written as a stream and does not say how many records it has.
    #[error(
        "the number of records is not in the header (a stream that was not finished); write the file again"
    )]
    Streaming,
    /// There is no such variable.
    #[error("does not exist; the file has {}", if present.is_empty() { "no variables".to_owned() } else { present.join(", ") })]
    NoVariable {
        /// The names of the variables.
        present: Vec<String>,
    },
    /// A variable has text.
    #[error("is text, expected numbers")]
    Text,
    /// A variable ends after the file.
    #[error(
        "shape {shape:?} ends at byte {}, but the file has {found} bytes: it is truncated; copy it again",
        end.map_or("beyond all counting".to_owned(), |end| end.to_string())
    )]
    Outside {
        /// Its shape.
        shape: Vec<usize>,
        /// Its last byte.
        end: Option<u64>,
        /// Bytes of the file.
        found: u64,
    },
    /// An attribute has something else than expected.
    #[error("attribute {name} is {found}, expected {expected}")]
    Attribute {
        /// Its name.
        name: &'static str,
        /// Its value.
        found: String,
        /// What is expected.
        expected: &'static str,
    },
    /// Coordinates are not even.
    #[error(
        "coordinate {index} of {axis} is {found}, expected {expected} on an even axis; resample the array to an even spacing"
    )]
    Uneven {
        /// The coordinate variable.
        axis: String,
        /// Its index.
        index: usize,
        /// The coordinate.
        found: f64,
        /// The coordinate of an even axis.
        expected: f64,
    },
    /// Values are missing.
    #[error(
        "{count} of {all} values are missing (`_FillValue`, `missing_value` or outside the valid range), the first at index {first}; \
         fill them, or read them as NaN"
    )]
    Missing {
        /// How many.
        count: usize,
        /// Of how many values.
        all: usize,
        /// The place of the first among the values.
        first: usize,
    },
    /// What is to be written is too large for the kind of file.
    #[error("{found} bytes, expected at most {most} in {version}; write CDF-5")]
    TooLarge {
        /// Bytes.
        found: u64,
        /// The bound.
        most: u64,
        /// The kind of file.
        version: &'static str,
    },
    /// A name cannot be written.
    #[error(
        "the name {found:?}, expected a letter, digit or underscore, and no slash or control character; each once"
    )]
    BadName {
        /// The name.
        found: String,
    },
    /// Two axes of one name differ.
    #[error("two axes named {found:?} differ; give them different names")]
    AxesDiffer {
        /// The name.
        found: String,
    },
}
