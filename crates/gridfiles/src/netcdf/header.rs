//! The header of a netCDF file.

use super::attribute::{self, Attribute, AttributeValue};
use super::cursor::Cursor;
use super::fault::NetcdfFault;
use super::kind::Kind;
use super::version::Version;
use crate::error::GridFileError;
use crate::place::Place;
use crate::source::Source;

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
