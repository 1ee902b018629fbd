//! How the numbers of an RSF file are stored: `data_format` and `esize`.

use super::fault::RsfFault;
use super::header::Header;
use crate::byte_order::ByteOrder;
use crate::error::GridFileError;
use crate::number_type::NumberType;

/// How numbers are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Text.
    Ascii,
    /// Binary, in the byte order of the machine that wrote them: little endian on all of today's.
    Native,
    /// Binary, big endian.
    Xdr,
}

impl Encoding {
    /// All encodings.
    pub const ALL: [Self; 3] = [Self::Ascii, Self::Native, Self::Xdr];

    fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Native => "native",
            Self::Xdr => "xdr",
        }
    }
}

/// Encoding and type of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// How they are encoded.
    pub encoding: Encoding,
    /// Their type; of numbers in text the type in memory.
    pub number: NumberType,
}

/// The types of RSF, with their names in `data_format`.
const TYPES: [(&str, NumberType); 5] = [
    ("float", NumberType::F32),
    ("double", NumberType::F64),
    ("int", NumberType::I32),
    ("short", NumberType::I16),
    ("uchar", NumberType::U8),
];

impl Form {
    /// All forms.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |encoding| TYPES.map(|(_, number)| Self { encoding, number });
        Encoding::ALL.into_iter().flat_map(of)
    }

    /// The value of `data_format`; `None` for a type that RSF lacks.
    #[must_use]
    pub fn name(self) -> Option<String> {
        let (name, _) = TYPES.iter().find(|(_, number)| *number == self.number)?;
        Some(format!("{}_{name}", self.encoding.name()))
    }

    /// The order of bytes; `None` for text.
    pub(super) fn order(self, native: ByteOrder) -> Option<ByteOrder> {
        match self.encoding {
            Encoding::Ascii => None,
            Encoding::Native => Some(native),
            Encoding::Xdr => Some(ByteOrder::Big),
        }
    }
}

/// The form that a header states; numbers without `data_format` are `native_float`.
pub(super) fn of(header: &Header) -> Result<Form, GridFileError> {
    let found = header.get("data_format").map_or("native_float", |entry| entry.value.as_str());
    let unknown = |fault| Err(header.fault("data_format", fault));
    let (encoding, name) = found.split_once('_').unwrap_or((found, ""));
    if name.starts_with("complex") || name.starts_with("dcomplex") {
        return unknown(RsfFault::Complex { found: found.to_owned() });
    }
    let encoding = Encoding::ALL.into_iter().find(|of| of.name() == encoding);
    let number = TYPES.iter().find(|(of, _)| *of == name).map(|(_, number)| *number);
    let (Some(encoding), Some(number)) = (encoding, number) else {
        return unknown(RsfFault::DataFormat { found: found.to_owned() });
    };
    let expected = number.size();
    match header.get("esize") {
        // Text has no size; programs write that of the numbers in memory, or 0.
        Some(entry) if encoding != Encoding::Ascii && entry.value.trim() != expected.to_string() => {
            let (found, format) = (entry.value.clone(), found.to_owned());
            Err(header.fault("esize", RsfFault::ElementSize { found, format, expected }))
        }
        _ => Ok(Form { encoding, number }),
    }
}
