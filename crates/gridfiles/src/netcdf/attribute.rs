//! Attributes of files and variables.

use super::cursor::Cursor;
use super::kind::Kind;
use crate::byte_order::ByteOrder;
use crate::error::GridFileError;

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Text, without the zeros that can end it.
    Text(String),
    /// Numbers, of any type.
    Numbers(Vec<f64>),
}

impl Attribute {
    /// A text.
    #[must_use]
    pub fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), value: AttributeValue::Text(text.to_owned()) }
    }

    /// One number.
    #[must_use]
    pub fn number(name: &str, number: f64) -> Self {
        Self { name: name.to_owned(), value: AttributeValue::Numbers(vec![number]) }
    }
}

impl std::fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{:?}", text.chars().take(60).collect::<String>()),
            Self::Numbers(numbers) if numbers.len() > 4 => write!(f, "{} numbers", numbers.len()),
            Self::Numbers(numbers) => write!(f, "{numbers:?}"),
        }
    }
}

/// The mark of a list of attributes.
pub(super) const TAG: u32 = 0x0c;

/// Reads a list of attributes.
pub(super) fn list(cursor: &mut Cursor<'_>) -> Result<Vec<Attribute>, GridFileError> {
    let count = cursor.list(TAG, "attributes", 12)?;
    let mut attributes = Vec::new();
    for _ in 0..count {
        let name = cursor.name()?;
        let kind = Kind::read(cursor)?;
        let size = kind.number().map_or(1, |number| number.size() as u64);
        let count = cursor.count("values of an attribute", size)?;
        let bytes = cursor.padded(count as u64 * size)?;
        let value = match kind.number() {
            Some(number) => {
                let mut values = Vec::new();
                number.decode(ByteOrder::Big, &bytes, &mut values);
                AttributeValue::Numbers(values)
            }
            None => {
                let text = String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned();
                AttributeValue::Text(text)
            }
        };
        attributes.push(Attribute { name, value });
    }
    Ok(attributes)
}
