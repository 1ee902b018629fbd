//! The type of a number in a header.

use crate::byte_order::ByteOrder;
use crate::ibm;

/// The type of a number in a trace header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberType {
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 16 bits.
    I16,
    /// Unsigned, 16 bits.
    U16,
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 64 bits. Values beyond 2^53 are rounded.
    I64,
    /// IEEE float of 32 bits.
    F32,
    /// IEEE float of 64 bits.
    F64,
    /// IBM float of 32 bits.
    Ibm,
}

/// Every type with its name in options.
const NAMES: [(NumberType, &str); 10] = [
    (NumberType::I8, "i8"),
    (NumberType::U8, "u8"),
    (NumberType::I16, "i16"),
    (NumberType::U16, "u16"),
    (NumberType::I32, "i32"),
    (NumberType::U32, "u32"),
    (NumberType::I64, "i64"),
    (NumberType::F32, "f32"),
    (NumberType::F64, "f64"),
    (NumberType::Ibm, "ibm"),
];

impl NumberType {
    /// The type of a name such as `i32` or `ibm`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(number, _)| *number)
    }

    /// The names of all types.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }

    /// The size in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 | Self::Ibm => 4,
            Self::I64 | Self::F64 => 8,
        }
    }

    /// Whether every value is a whole number that fits 32 signed bits.
    pub(crate) const fn fits_i32(self) -> bool {
        matches!(self, Self::I8 | Self::U8 | Self::I16 | Self::U16 | Self::I32)
    }

    /// The number at a byte counted from 1; zero after the end of the header.
    pub(crate) fn get(self, order: ByteOrder, header: &[u8], byte: usize) -> f64 {
        match self {
            Self::I8 => header.get(byte - 1).map_or(0.0, |value| f64::from(*value as i8)),
            Self::U8 => header.get(byte - 1).map_or(0.0, |value| f64::from(*value)),
            Self::I16 => f64::from(order.i16(header, byte)),
            Self::U16 => f64::from(order.u16(header, byte)),
            Self::I32 => f64::from(order.i32(header, byte)),
            Self::U32 => f64::from(order.u32(header, byte)),
            Self::I64 => order.u64(header, byte) as i64 as f64,
            Self::F32 => f64::from(f32::from_bits(order.u32(header, byte))),
            Self::F64 => order.f64(header, byte),
            Self::Ibm => f64::from(ibm::to_f32(order.u32(header, byte))),
        }
    }

    /// Writes a whole number at a byte counted from 1. `None` if the number does not fit the type.
    pub(crate) fn put(self, order: ByteOrder, header: &mut [u8], byte: usize, value: i64) -> Option<()> {
        match self {
            Self::I8 => order.put(header, byte, i8::try_from(value).ok()?.to_be_bytes()),
            Self::U8 => order.put(header, byte, u8::try_from(value).ok()?.to_be_bytes()),
            Self::I16 => order.put(header, byte, i16::try_from(value).ok()?.to_be_bytes()),
            Self::U16 => order.put(header, byte, u16::try_from(value).ok()?.to_be_bytes()),
            Self::I32 => order.put(header, byte, i32::try_from(value).ok()?.to_be_bytes()),
            Self::U32 => order.put(header, byte, u32::try_from(value).ok()?.to_be_bytes()),
            Self::I64 => order.put(header, byte, value.to_be_bytes()),
            Self::F32 => order.put(header, byte, (value as f32).to_be_bytes()),
            Self::F64 => order.put(header, byte, (value as f64).to_be_bytes()),
            Self::Ibm => order.put(header, byte, ibm::from_f64(value as f64)?.to_be_bytes()),
        }
        Some(())
    }
}

impl std::fmt::Display for NumberType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(NAMES.iter().find(|(number, _)| number == self).map_or("", |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_in_every_type_and_order() {
        for order in ByteOrder::ALL {
            for (number, name) in NAMES {
                let mut header = [0; 240];
                number.put(order, &mut header, 5, 100).unwrap();
                assert_eq!(number.get(order, &header, 5), 100.0, "{name} {order}");
                assert_eq!(NumberType::named(&number.to_string()), Some(number));
                let used = header.iter().rposition(|byte| *byte != 0).unwrap() + 1;
                assert!(used > 4 && used <= 4 + number.size(), "{name}");
                assert_eq!(number.get(order, &header, 241), 0.0, "after the end");
            }
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let mut header = [0; 240];
        assert_eq!(NumberType::I16.put(ByteOrder::Big, &mut header, 1, 32768), None);
        assert_eq!(NumberType::U16.put(ByteOrder::Big, &mut header, 1, -1), None);
        assert_eq!(header, [0; 240]);
    }
}
