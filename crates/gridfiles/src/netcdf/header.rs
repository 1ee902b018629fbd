//! The header of a netCDF file.

use super::attribute::{self, Attribute, AttributeValue};
use super::cursor::Cursor;
use super::fault::NetcdfFault;
use crate::error::GridFileError;
use crate::number_type::NumberType;
use crate::place::Place;
use crate::source::Source;

/// The kinds of netCDF classic files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Classic: variables begin within the first 2 GiB.
    Cdf1,
    /// 64-bit offsets.
    Cdf2,
    /// 64-bit offsets and lengths, and more types.
    Cdf5,
}

impl Version {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Cdf1, Self::Cdf2, Self::Cdf5];

    /// The fourth byte of a file.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Cdf1 => 1,
            Self::Cdf2 => 2,
            Self::Cdf5 => 5,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cdf1 => "CDF-1",
            Self::Cdf2 => "CDF-2",
            Self::Cdf5 => "CDF-5",
        }
    }
}

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

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its length; 0 for the record dimension, whose length is the number of records.
    pub len: usize,
    /// Whether it is the record dimension.
    pub record: bool,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its dimensions by number, slowest first.
    pub dimensions: Vec<usize>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its type.
    pub kind: Kind,
    /// Its first byte in the file.
    pub begin: u64,
}

impl Variable {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.attributes.iter().find(|of| of.name == name).map(|of| &of.value)
    }

    /// A text attribute.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attribute(name) {
            Some(AttributeValue::Text(text)) => Some(text.trim()),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct Header {
    pub(super) version: Version,
    pub(super) records: usize,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) variables: Vec<Variable>,
    /// Bytes from one record to the next.
    pub(super) record_size: u64,
}

impl Header {
    pub(super) fn is_record(&self, variable: &Variable) -> bool {
        variable.dimensions.first().is_some_and(|first| self.dimensions[*first].record)
    }
}

/// Marks of lists.
pub(super) const DIMENSIONS: u32 = 0x0a;
pub(super) const VARIABLES: u32 = 0x0b;

/// Reads the header of a file.
pub(super) fn read(source: &Source) -> Result<Header, GridFileError> {
    let magic = source.head(4)?;
    let version = match magic[..] {
        [b'C', b'D', b'F', byte] => Version::ALL.into_iter().find(|of| of.byte() == byte),
        _ => None,
    };
    let Some(version) = version else {
        return Err(Place::whole(source.path()).fault(NetcdfFault::Magic { found: magic }));
    };
    let mut cursor = Cursor { source, at: 4, version };
    let here = cursor.here();
    let records = cursor.length()?;
    let streaming = if version == Version::Cdf5 { u64::MAX } else { u64::from(u32::MAX) };
    let dimensions = dimensions(&mut cursor)?;
    let attributes = attribute::list(&mut cursor)?;
    let variables = variables(&mut cursor, &dimensions)?;
    let mut header = Header { version, records: 0, dimensions, attributes, variables, record_size: 0 };
    let any = header.variables.iter().any(|of| header.is_record(of));
    if any && records == streaming {
        return Err(here.fault(NetcdfFault::Streaming));
    }
    header.records = usize::try_from(records).unwrap_or(usize::MAX);
    header.record_size = record_size(&header);
    Ok(header)
}

fn dimensions(cursor: &mut Cursor<'_>) -> Result<Vec<Dimension>, GridFileError> {
    let mut dimensions: Vec<Dimension> = Vec::new();
    for _ in 0..cursor.list(DIMENSIONS, "dimensions", 8)? {
        let name = cursor.name()?;
        let here = cursor.here();
        let len = usize::try_from(cursor.length()?).unwrap_or(usize::MAX);
        let record = len == 0;
        if record && dimensions.iter().any(|of| of.record) {
            return Err(here.fault(NetcdfFault::Records));
        }
        dimensions.push(Dimension { name, len, record });
    }
    Ok(dimensions)
}

fn variables(cursor: &mut Cursor<'_>, dimensions: &[Dimension]) -> Result<Vec<Variable>, GridFileError> {
    let mut variables = Vec::new();
    for _ in 0..cursor.list(VARIABLES, "variables", 28)? {
        let name = cursor.name()?;
        let mut of = Vec::new();
        for axis in 0..cursor.count("dimensions of a variable", 4)? {
            let here = cursor.here();
            let found = cursor.length()?;
            let number = usize::try_from(found).ok().filter(|number| *number < dimensions.len());
            let Some(number) = number else {
                return Err(here.fault(NetcdfFault::NoDimension { found, most: dimensions.len() }));
            };
            if axis > 0 && dimensions[number].record {
                return Err(here.fault(NetcdfFault::RecordAxis { axis }));
            }
            of.push(number);
        }
        let attributes = attribute::list(cursor)?;
        let kind = Kind::read(cursor)?;
        // The size in the header is not used: it follows from the shape, and overflows for large variables.
        cursor.length()?;
        let begin = cursor.offset()?;
        variables.push(Variable { name, dimensions: of, attributes, kind, begin });
    }
    Ok(variables)
}

/// The sum of the sizes of a record of all record variables, each filled up to four bytes unless there is but one.
fn record_size(header: &Header) -> u64 {
    let bytes = |of: &Variable| {
        let one = of.kind.number().map_or(1, |number| number.size() as u64);
        let lengths = of.dimensions[1..].iter().map(|of| header.dimensions[*of].len as u64);
        lengths.fold(one, u64::saturating_mul)
    };
    let sizes: Vec<u64> = header.variables.iter().filter(|of| header.is_record(of)).map(bytes).collect();
    match sizes[..] {
        [one] => one,
        _ => sizes.iter().fold(0, |sum, size| sum.saturating_add(size.saturating_add(3) / 4 * 4)),
    }
}
