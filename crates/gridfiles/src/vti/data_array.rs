//! Arrays of a VTK image file: what is known of them before their numbers are read.

use std::ops::Range;

use crate::number_type::NumberType;

/// Where the numbers of an array are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// At the nodes of the grid.
    Points,
    /// In the middle of its cells.
    Cells,
}

/// An array of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DataArray {
    /// Its name.
    pub name: String,
    /// Where its numbers are.
    pub centre: Centre,
    /// The type of its numbers.
    pub number: NumberType,
    /// Numbers at each point: 1 for a scalar.
    pub components: usize,
    pub(super) storage: Storage,
}

/// Where and how the numbers of an array are stored. Ranges are of bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Storage {
    /// Text.
    Text(Range<usize>),
    /// Base64 in the element.
    Inline(Range<usize>),
    /// From this byte of the appended data on.
    Appended(u64),
}

/// The types of VTK.
pub(super) const TYPES: [(&str, NumberType); 10] = [
    ("Int8", NumberType::I8),
    ("UInt8", NumberType::U8),
    ("Int16", NumberType::I16),
    ("UInt16", NumberType::U16),
    ("Int32", NumberType::I32),
    ("UInt32", NumberType::U32),
    ("Int64", NumberType::I64),
    ("UInt64", NumberType::U64),
    ("Float32", NumberType::F32),
    ("Float64", NumberType::F64),
];
