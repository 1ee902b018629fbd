//! What cannot be written into a MATLAB file.

use crate::number_type::NumberType;

/// What cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Mat5Fault {
    /// The name is none of MATLAB.
    #[error("the name {found:?}, expected a letter and at most 62 more letters, digits or underscores")]
    Name {
        /// The name.
        found: String,
    },
    /// Two variables have one name.
    #[error("the name {found:?} occurs twice")]
    Twice {
        /// The name.
        found: String,
    },
    /// MATLAB has single and double precision only.
    #[error("numbers of type {found}, expected f32 or f64")]
    Number {
        /// The type.
        found: NumberType,
    },
    /// The variable is larger than the format allows.
    #[error(
        "{found} bytes, expected less than {most}: version 5 has no larger variables; write HDF5 instead"
    )]
    Size {
        /// Bytes of the variable.
        found: u64,
        /// The bound.
        most: u64,
    },
}
