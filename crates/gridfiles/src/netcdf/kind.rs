//! Types of variables and attributes, and their codes.

use super::cursor::Cursor;
use super::fault::NetcdfFault;
use super::version::Version;
use crate::error::GridFileError;
use crate::number_type::NumberType;

/// The type of a variable or attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Char,
    /// Numbers.
    Number(NumberType),
}

impl Kind {
    /// The type of the numbers; `None` for text.
    #[must_use]
    pub fn number(self) -> Option<NumberType> {
        match self {
            Self::Char => None,
            Self::Number(number) => Some(number),
        }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, GridFileError> {
        let here = cursor.here();
        let found = cursor.u32()?;
        let of = CODES.iter().find(|(code, _)| *code == found).map(|(_, kind)| *kind);
        of.filter(|_| found <= 6 || cursor.version == Version::Cdf5)
            .ok_or_else(|| here.fault(NetcdfFault::Type { found }))
    }

    pub(super) fn code(self) -> u32 {
        CODES.iter().find(|(_, kind)| *kind == self).map_or(0, |(code, _)| *code)
    }
}

/// The codes of types; those above 6 are of CDF-5.
const CODES: [(u32, Kind); 11] = [
    (1, Kind::Number(NumberType::I8)),
    (2, Kind::Char),
    (3, Kind::Number(NumberType::I16)),
    (4, Kind::Number(NumberType::I32)),
    (5, Kind::Number(NumberType::F32)),
    (6, Kind::Number(NumberType::F64)),
    (7, Kind::Number(NumberType::U8)),
    (8, Kind::Number(NumberType::U16)),
    (9, Kind::Number(NumberType::U32)),
    (10, Kind::Number(NumberType::I64)),
    (11, Kind::Number(NumberType::U64)),
];
