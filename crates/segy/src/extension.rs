//! SEG-Y trace header extension 1: more digits for some fields of the standard trace header.
//!
//! # Source
//! SEG-Y revision 2.1, table 4, "SEG-Y trace header extension 1". A number that is not zero replaces that of the standard header.

use crate::byte_order::ByteOrder;
use crate::ebcdic;
use crate::field::Field;
use crate::layout::{Position, TRACE_HEADER};
use crate::number_type::NumberType::{F64, I64, U16, U32};

/// The fields that are read, with their positions in the extension.
pub(crate) const EXTENDED: [(Field, Position); 10] = [
    (Field::Fldr, Position { byte: 17, number: I64 }),
    (Field::Gelev, Position { byte: 33, number: F64 }),
    (Field::Selev, Position { byte: 49, number: F64 }),
    (Field::Sdepth, Position { byte: 57, number: F64 }),
    (Field::Sx, Position { byte: 97, number: F64 }),
    (Field::Sy, Position { byte: 105, number: F64 }),
    (Field::Gx, Position { byte: 113, number: F64 }),
    (Field::Gy, Position { byte: 121, number: F64 }),
    (Field::Ns, Position { byte: 137, number: U32 }),
    (Field::Dt, Position { byte: 145, number: F64 }),
];

/// The depth of the receiver below the surface, which the standard header does not have.
pub(crate) const RECEIVER_DEPTH: Position = Position { byte: 41, number: F64 };

/// The number of additional headers of this trace; zero if that is not said.
pub(crate) const COUNT: Position = Position { byte: 157, number: U16 };

/// The extension within all headers of a trace, if it is there under its name.
pub(crate) fn of(headers: &[u8]) -> Option<&[u8]> {
    let extension = headers.get(TRACE_HEADER..2 * TRACE_HEADER)?;
    let name = &extension[232..240];
    let decoded: String = name.iter().map(|byte| ebcdic::decode(*byte)).collect();
    (name == b"SEG00001" || decoded == "SEG00001").then_some(extension)
}

/// A number of the extension; zero if it is not there.
pub(crate) fn get(order: ByteOrder, headers: &[u8], place: Position) -> f64 {
    let value = of(headers).map_or(0.0, |extension| place.number.get(order, extension, place.byte));
    if value.is_finite() { value } else { 0.0 }
}

/// The number of samples in the extension; zero if it is not there.
pub(crate) fn samples(order: ByteOrder, headers: &[u8]) -> usize {
    of(headers).map_or(0, |extension| order.u32(extension, 137) as usize)
}

/// How many additional headers this trace has, if the extension says so.
pub(crate) fn count(order: ByteOrder, headers: &[u8]) -> Option<u16> {
    of(headers).map(|extension| order.u16(extension, COUNT.byte)).filter(|count| *count > 0)
}
