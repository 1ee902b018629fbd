//! What can be wrong with a file of raw numbers, and what would fit it.

use crate::number_type::NumberType;

/// What is wrong with a file of raw numbers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RawFault {
    /// The size of the file does not fit the description.
    #[error(
        "{found} bytes, expected {} for {shape:?} numbers of type {number}{}",
        expected.map_or("more than can be counted".to_owned(), |bytes| bytes.to_string()),
        Fitting(fitting)
    )]
    Size {
        /// Bytes of the file, without those that are left out.
        found: u64,
        /// Bytes that the description needs. Absent if they cannot be counted.
        expected: Option<u64>,
        /// The shape of the description, slowest axis first.
        shape: Vec<usize>,
        /// The type of the description.
        number: NumberType,
        /// What would fit.
        fitting: Vec<Fit>,
    },
    /// More bytes are left out than there are.
    #[error("{skip} bytes are to be left out, but the file has {found}")]
    Skip {
        /// Bytes to leave out.
        skip: u64,
        /// Bytes of the file.
        found: u64,
    },
}

/// A change of a description with which a file fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// Another shape.
    Shape(Vec<usize>),
    /// Another type of number of the same shape.
    Number(NumberType),
    /// Leaving out bytes in front: a header, or the record marks of Fortran.
    Skip(u64),
}

impl std::fmt::Display for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape(shape) => write!(f, "the shape {shape:?}"),
            Self::Number(number) => write!(f, "the type {number}"),
            Self::Skip(8) => f.write_str("the record marks of Fortran (4 bytes in front and 4 behind)"),
            Self::Skip(bytes) => write!(f, "a header of {bytes} bytes in front"),
        }
    }
}

/// The list of what would fit.
struct Fitting<'a>(&'a [Fit]);

impl std::fmt::Display for Fitting<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, fit) in self.0.iter().enumerate() {
            write!(f, "{}{fit}", if i == 0 { "; these would fit: " } else { ", " })?;
        }
        Ok(())
    }
}
