//! Where the fields of a trace header are: the standard, with exceptions of a file.

use crate::byte_order::ByteOrder;
use crate::field::{FIELDS, Field};
use crate::nearest::nearest;
use crate::number_type::NumberType;

/// The byte of a field that a header does not have: after the end of every header.
const ABSENT: usize = 1 << 20;
/// Bytes of a trace header.
pub(crate) const TRACE_HEADER: usize = 240;

/// The place of a number in a trace header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The first byte, counted from 1.
    pub byte: usize,
    /// The type of the number.
    pub number: NumberType,
}

/// The positions of all fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    positions: [Position; FIELDS.len()],
    /// Whether the scalar of a field is applied to it.
    scaled: [bool; FIELDS.len()],
}

/// Why the text of an exception is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The text has no equals sign.
    #[error(
        "`--byte {text}`: expected FIELD=POSITION or FIELD=POSITION:TYPE, for example `--byte sx=201:i32`"
    )]
    Syntax {
        /// The text.
        text: String,
    },
    /// No field has this name.
    #[error("`--byte {text}`: no field is called `{name}`; the nearest names are {}", nearest.join(", "))]
    UnknownField {
        /// The text.
        text: String,
        /// The name.
        name: String,
        /// The most similar names.
        nearest: Vec<&'static str>,
    },
    /// The position is not a whole number.
    #[error(
        "`--byte {text}`: the position `{found}` is not a whole number; bytes of a trace header count from 1 to 240"
    )]
    NotANumber {
        /// The text.
        text: String,
        /// The position in the text.
        found: String,
    },
    /// The number does not lie within the header.
    #[error(
        "`--byte {text}`: a number of {size} bytes at byte {found} is outside the trace header; \
         positions count from 1 to {last}"
    )]
    OutsideHeader {
        /// The text.
        text: String,
        /// The position.
        found: usize,
        /// The bytes of the number.
        size: usize,
        /// The last possible position.
        last: usize,
    },
    /// No number type has this name.
    #[error("`--byte {text}`: no number type is called `{found}`; write one of {}",
            NumberType::names().collect::<Vec<_>>().join(", "))]
    UnknownType {
        /// The text.
        text: String,
        /// The name.
        found: String,
    },
}

impl Default for Layout {
    fn default() -> Self {
        let standard = |field: Field| {
            let definition = field.definition();
            Position { byte: definition.byte, number: definition.number }
        };
        Self { positions: FIELDS.map(standard), scaled: [true; FIELDS.len()] }
    }
}

impl Layout {
    /// The standard layout with exceptions such as `sx=201` or `sx=201:f32`.
    ///
    /// # Errors
    /// [`LayoutError`] with the text and how to write it.
    pub fn with<'a>(exceptions: impl IntoIterator<Item = &'a str>) -> Result<Self, LayoutError> {
        let mut layout = Self::default();
        for text in exceptions {
            layout.except(text)?;
        }
        Ok(layout)
    }

    /// Moves a field as a text such as `sx=201` or `sx=201:f32` says. Without a type, the field keeps its type.
    ///
    /// # Errors
    /// [`LayoutError`] with the text and how to write it.
    pub fn except(&mut self, text: &str) -> Result<(), LayoutError> {
        let owned = || text.to_owned();
        let (name, place) = text.split_once('=').ok_or_else(|| LayoutError::Syntax { text: owned() })?;
        let name = name.trim();
        let field = Field::named(name).ok_or_else(|| LayoutError::UnknownField {
            text: owned(),
            name: name.to_owned(),
            nearest: nearest(name, FIELDS.map(Field::name)),
        })?;
        let (byte, number) = match place.split_once(':') {
            None => (place.trim(), field.definition().number),
            Some((byte, number)) => {
                let found = number.trim();
                let unknown = || LayoutError::UnknownType { text: owned(), found: found.to_owned() };
                (byte.trim(), NumberType::named(found).ok_or_else(unknown)?)
            }
        };
        let found: usize =
            byte.parse().map_err(|_| LayoutError::NotANumber { text: owned(), found: byte.to_owned() })?;
        let (size, last) = (number.size(), TRACE_HEADER + 1 - number.size());
        if !(1..=last).contains(&found) {
            return Err(LayoutError::OutsideHeader { text: owned(), found, size, last });
        }
        self.positions[field as usize] = Position { byte: found, number };
        Ok(())
    }

    /// A layout without fields, whose numbers are all 0.
    pub(crate) fn empty() -> Self {
        let absent = |field: Field| Position { byte: ABSENT, number: field.definition().number };
        Self { positions: FIELDS.map(absent), scaled: [true; FIELDS.len()] }
    }

    /// Puts a field at a place; `scaled` says whether its scalar is applied.
    pub(crate) fn place(&mut self, field: Field, position: Position, scaled: bool) {
        (self.positions[field as usize], self.scaled[field as usize]) = (position, scaled);
    }

    /// This layout with the fields that another one has elsewhere than in the standard.
    pub(crate) fn with_moved(mut self, other: &Self) -> Self {
        for field in FIELDS.into_iter().filter(|field| other.is_moved(*field)) {
            self.place(field, other.position(field), other.is_scaled(field));
        }
        self
    }

    /// Whether the header has a field. Others are 0.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.position(field).byte != ABSENT
    }

    /// Whether the scalar of a field, such as scalco of sx, is applied to it.
    #[must_use]
    pub fn is_scaled(&self, field: Field) -> bool {
        self.scaled[field as usize]
    }

    /// The position of a field.
    #[must_use]
    pub fn position(&self, field: Field) -> Position {
        self.positions[field as usize]
    }

    /// Whether a field is elsewhere than in the standard.
    #[must_use]
    pub fn is_moved(&self, field: Field) -> bool {
        self.has(field) && self.position(field) != Self::default().position(field)
    }

    /// The number of a field in a trace header.
    pub(crate) fn get(&self, order: ByteOrder, header: &[u8], field: Field) -> f64 {
        let Position { byte, number } = self.position(field);
        number.get(order, header, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_moved() {
        let layout = Layout::with(["sx=201", " gx = 205 : f32", "FFID=21:u16"]).unwrap();
        assert_eq!(layout.position(Field::Sx), Position { byte: 201, number: NumberType::I32 });
        assert_eq!(layout.position(Field::Gx), Position { byte: 205, number: NumberType::F32 });
        assert_eq!(layout.position(Field::Fldr), Position { byte: 21, number: NumberType::U16 });
        assert!(layout.is_moved(Field::Sx) && !layout.is_moved(Field::Sy));
        assert_eq!(layout.position(Field::Sy).byte, 77);
    }

    #[test]
    fn mistakes_are_explained() {
        for (text, message) in [
            (
                "sx",
                "`--byte sx`: expected FIELD=POSITION or FIELD=POSITION:TYPE, for example `--byte sx=201:i32`",
            ),
            ("souce_x=5", "`--byte souce_x=5`: no field is called `souce_x`; the nearest names are "),
            (
                "scalc=5",
                "`--byte scalc=5`: no field is called `scalc`; the nearest names are scalco, scalel, scalsp",
            ),
            ("sx=first", "`--byte sx=first`: the position `first` is not a whole number"),
            ("sx=", "`--byte sx=`: the position `` is not a whole number"),
            (
                "sx=0",
                "`--byte sx=0`: a number of 4 bytes at byte 0 is outside the trace header; positions count from 1 to 237",
            ),
            ("sx=238", "`--byte sx=238`: a number of 4 bytes at byte 238 is outside"),
            ("sx=240:f64", "`--byte sx=240:f64`: a number of 8 bytes at byte 240 is outside"),
            (
                "sx=9:int",
                "`--byte sx=9:int`: no number type is called `int`; write one of i8, u8, i16, u16, i32, u32",
            ),
        ] {
            let error = Layout::with([text]).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
        assert!(Layout::with(["sx=239:i16"]).is_ok());
    }
}
