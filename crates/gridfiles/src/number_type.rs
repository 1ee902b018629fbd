//! Types of stored numbers, and their conversion from and to `f64`.

use crate::byte_order::ByteOrder;

/// The type of a stored number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Signed, 64 bits. Numbers above 2^53 are rounded.
    I64,
    /// Unsigned, 64 bits. Numbers above 2^53 are rounded.
    U64,
    /// IEEE, single precision.
    F32,
    /// IEEE, double precision.
    F64,
}

/// Runs an expression with the Rust type of a number type.
#[rustfmt::skip]
macro_rules! with_type {
    ($of:expr, $number:ident => $do:expr) => {
        match $of {
            NumberType::I8 => {
                type $number = i8;
                $do
            }
            NumberType::U8 => {
                type $number = u8;
                $do
            }
            NumberType::I16 => {
                type $number = i16;
                $do
            }
            NumberType::U16 => {
                type $number = u16;
                $do
            }
            NumberType::I32 => {
                type $number = i32;
                $do
            }
            NumberType::U32 => {
                type $number = u32;
                $do
            }
            NumberType::I64 => {
                type $number = i64;
                $do
            }
            NumberType::U64 => {
                type $number = u64;
                $do
            }
            NumberType::F32 => {
                type $number = f32;
                $do
            }
            NumberType::F64 => {
                type $number = f64;
                $do
            }
        }
    };
}

impl NumberType {
    /// All types.
    pub const ALL: [Self; 10] = [
        Self::I8,
        Self::U8,
        Self::I16,
        Self::U16,
        Self::I32,
        Self::U32,
        Self::I64,
        Self::U64,
        Self::F32,
        Self::F64,
    ];

    /// Bytes of a number.
    #[must_use]
    pub fn size(self) -> usize {
        with_type!(self, T => size_of::<T>())
    }

    /// Its name, such as `f32`.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64"][self as usize]
    }

    /// The type with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// A number in text, with all its digits; integers without a point, which other programs refuse.
    pub(crate) fn text(self, value: f64) -> String {
        if matches!(self, Self::F32 | Self::F64) { format!("{value:?}") } else { format!("{value}") }
    }

    /// Appends the numbers of these bytes; bytes after the last whole number are left out.
    #[expect(clippy::unnecessary_cast, reason = "one of the ten types is f64")]
    pub(crate) fn decode(self, order: ByteOrder, bytes: &[u8], out: &mut Vec<f64>) {
        with_type!(self, T => {
            const WIDTH: usize = size_of::<T>();
            let read = |b: &[u8; WIDTH]| match order {
                ByteOrder::Little => T::from_le_bytes(*b) as f64,
                ByteOrder::Big => T::from_be_bytes(*b) as f64,
            };
            out.extend(bytes.as_chunks::<WIDTH>().0.iter().map(read));
        });
    }

    /// Appends the bytes of these numbers. `f32` rounds; integers have to be exact.
    ///
    /// # Errors
    /// [`NotRepresentable`]; NaN and infinity fit into floats only.
    pub(crate) fn encode(
        self,
        order: ByteOrder,
        values: &[f64],
        out: &mut Vec<u8>,
    ) -> Result<(), NotRepresentable> {
        out.reserve(values.len().saturating_mul(self.size()));
        for (index, value) in values.iter().enumerate() {
            with_type!(self, T => {
                let stored = *value as T;
                // Single precision may round, but not overflow. A cast saturates, so integers are compared.
                let fits = match self {
                    Self::F64 => true,
                    Self::F32 => !value.is_finite() || (stored as f64).is_finite(),
                    _ => (stored as f64) == *value,
                };
                if !fits {
                    return Err(NotRepresentable { value: *value, index, number: self });
                }
                match order {
                    ByteOrder::Little => out.extend(stored.to_le_bytes()),
                    ByteOrder::Big => out.extend(stored.to_be_bytes()),
                }
            });
        }
        Ok(())
    }
}

/// A value that a type does not hold.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("value {value} at {index} (counted from 0) does not fit into {number}; choose another type")]
pub struct NotRepresentable {
    /// The value.
    pub value: f64,
    /// Its place among the values.
    pub index: usize,
    /// The type.
    pub number: NumberType,
}

impl std::fmt::Display for NumberType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// decode(encode(v)) = v for numbers that every type holds, in both orders.
    #[test]
    fn numbers_survive() {
        let values = [0.0, 1.0, 100.0, 127.0];
        for number in NumberType::ALL {
            for order in ByteOrder::ALL {
                let (mut bytes, mut back) = (Vec::new(), Vec::new());
                number.encode(order, &values, &mut bytes).unwrap();
                assert_eq!(bytes.len(), 4 * number.size());
                number.decode(order, &bytes, &mut back);
                assert_eq!(back, values, "{number} {order}");
            }
            assert_eq!(NumberType::named(number.name()), Some(number));
        }
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let fails = |number: NumberType, value: f64| {
            number.encode(ByteOrder::Little, &[0.0, value], &mut Vec::new()).unwrap_err().to_string()
        };
        assert_eq!(
            fails(NumberType::I16, 40_000.0),
            "value 40000 at 1 (counted from 0) does not fit into i16; choose another type"
        );
        for (number, value) in [(NumberType::U8, -1.0), (NumberType::I32, 0.5), (NumberType::F32, 1e39)] {
            fails(number, value);
        }
        fails(NumberType::I64, f64::NAN);
    }
}
