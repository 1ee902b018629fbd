//! Writing netCDF files.

use std::io::Write;
use std::path::Path;

use super::attribute::{self, Attribute, AttributeValue};
use super::fault::NetcdfFault;
use super::header::{DIMENSIONS, VARIABLES};
use super::kind::Kind;
use super::version::Version;
use crate::array::{Array, Axis, product};
use crate::byte_order::ByteOrder;
use crate::cf::{Positive, Role};
use crate::error::{Fault, GridFileError};
use crate::number_type::NumberType;
use crate::place::Place;

/// What a file is to contain: arrays, whose axes become dimensions with coordinates.
#[derive(Debug, Clone, Default)]
pub struct Content<'a> {
    /// Attributes of the file; `Conventions` is added.
    pub attributes: Vec<Attribute>,
    /// The arrays.
    pub variables: Vec<NewVariable<'a>>,
}

/// An array to be written.
#[derive(Debug, Clone)]
pub struct NewVariable<'a> {
    /// Its name in the file; the name of the array becomes `long_name`.
    pub name: &'a str,
    /// The array. Axes without a name are `dim0`, `dim1`, ...; axes of one name have to be the same in all arrays.
    pub array: &'a Array,
    /// The type of the numbers.
    pub number: NumberType,
}

/// Axes with their names.
type Named = Vec<(String, Axis)>;

/// A variable in the making.
struct Entry<'a> {
    name: String,
    dimensions: Vec<usize>,
    attributes: Vec<Attribute>,
    number: NumberType,
    values: std::borrow::Cow<'a, [f64]>,
}

fn name() -> &'static Path {
    Path::new("netCDF")
}

/// Writes a file.
///
/// # Errors
/// [`NetcdfFault::BadName`], [`NetcdfFault::AxesDiffer`], [`NetcdfFault::TooLarge`] for the version,
/// [`NetcdfFault::Type`] for a type that it lacks, [`Fault::NotRepresentable`], [`Fault::Write`].
pub fn write<W: Write>(mut out: W, version: Version, content: &Content<'_>) -> Result<(), GridFileError> {
    let failed = |error| Place::whole(name()).fault(Fault::Write(error));
    let (axes, entries) = entries(content)?;
    for entry in &entries {
        let code = Kind::Number(entry.number).code();
        if code > 6 && version != Version::Cdf5 {
            return Err(at(&entry.name).fault(NetcdfFault::Type { found: code }));
        }
    }
    // The header has the same length whatever the places of the variables are.
    let head = head(version, content, &axes, &entries, &vec![0; entries.len()])?;
    let mut begins = Vec::new();
    let mut next = head.len() as u64;
    for entry in &entries {
        begins.push(next);
        next += size_of_entry(entry).next_multiple_of(4);
    }
    let most = match version {
        Version::Cdf1 => i32::MAX as u64,
        _ => i64::MAX as u64,
    };
    if let Some(last) = begins.last().filter(|begin| **begin > most) {
        let fault = NetcdfFault::TooLarge { found: *last, most, version: version.name() };
        return Err(Place::whole(name()).fault(fault));
    }
    out.write_all(&self::head(version, content, &axes, &entries, &begins)?).map_err(failed)?;
    for entry in &entries {
        for piece in entry.values.chunks(1 << 16) {
            let mut bytes = Vec::new();
            let encoded = entry.number.encode(ByteOrder::Big, piece, &mut bytes);
            encoded.map_err(|fault| at(&entry.name).fault(fault))?;
            out.write_all(&bytes).map_err(failed)?;
        }
        let size = size_of_entry(entry);
        out.write_all(&[0; 3][..(size.next_multiple_of(4) - size) as usize]).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

fn at(variable: &str) -> Place {
    Place::item(name(), format!("variable {variable}"))
}

fn size_of_entry(entry: &Entry<'_>) -> u64 {
    (entry.values.len() * entry.number.size()) as u64
}

/// The dimensions, and the variables: coordinates, then arrays.
fn entries<'a>(content: &Content<'a>) -> Result<(Named, Vec<Entry<'a>>), GridFileError> {
    let mut axes: Vec<(String, Axis)> = Vec::new();
    let mut arrays: Vec<Entry<'_>> = Vec::new();
    for NewVariable { name, array, number } in &content.variables {
        array.check(self::name())?;
        let mut dimensions = Vec::new();
        for (a, axis) in array.axes.iter().enumerate() {
            let named = axis.name.clone().unwrap_or_else(|| format!("dim{a}"));
            checked_name(&named)?;
            let known = axes.iter().position(|(name, _)| *name == named);
            if known.is_some_and(|known| axes[known].1 != *axis || dimensions.contains(&known)) {
                return Err(at(name).fault(NetcdfFault::AxesDiffer { found: named }));
            }
            dimensions.push(known.unwrap_or(axes.len()));
            if known.is_none() {
                axes.push((named, axis.clone()));
            }
        }
        let mut attributes = Vec::new();
        for (key, value) in [("units", &array.unit), ("long_name", &array.name)] {
            attributes.extend(value.as_ref().map(|value| Attribute::text(key, value)));
        }
        checked_name(name)?;
        let values = (&array.values[..]).into();
        arrays.push(Entry { name: (*name).to_owned(), dimensions, attributes, number: *number, values });
    }
    let coordinates = axes.iter().enumerate().filter_map(|(a, (name, axis))| coordinates(a, name, axis));
    let all: Vec<Entry<'_>> = coordinates.chain(arrays).collect();
    for (i, entry) in all.iter().enumerate() {
        if all[..i].iter().any(|before| before.name == entry.name) {
            return Err(at(&entry.name).fault(NetcdfFault::BadName { found: entry.name.clone() }));
        }
    }
    Ok((axes, all))
}

/// The coordinate variable of an axis that has coordinates.
fn coordinates(a: usize, name: &str, axis: &Axis) -> Option<Entry<'static>> {
    let origin = axis.origin?;
    let spacing = axis.spacing.or((axis.len == 1).then_some(0.0))?;
    let mut attributes = Vec::new();
    attributes.extend(axis.unit.as_ref().map(|unit| Attribute::text("units", unit)));
    if let Some(role) = axis.role {
        let word = match role {
            Role::X => "X",
            Role::Y => "Y",
            Role::Z => "Z",
        };
        attributes.push(Attribute::text("axis", word));
    }
    if let Some(positive) = axis.positive {
        let word = if positive == Positive::Down { "down" } else { "up" };
        attributes.push(Attribute::text("positive", word));
    }
    let values = (0..axis.len).map(|i| origin + i as f64 * spacing).collect::<Vec<_>>().into();
    Some(Entry { name: name.to_owned(), dimensions: vec![a], attributes, number: NumberType::F64, values })
}

fn checked_name(found: &str) -> Result<(), GridFileError> {
    let first = found.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    if first && !found.contains(|c: char| c == '/' || c.is_control()) && !found.ends_with(' ') {
        return Ok(());
    }
    Err(Place::whole(name()).fault(NetcdfFault::BadName { found: found.to_owned() }))
}

/// The bytes of the header, with these places of the variables.
fn head(
    version: Version,
    content: &Content<'_>,
    axes: &[(String, Axis)],
    entries: &[Entry<'_>],
    begins: &[u64],
) -> Result<Vec<u8>, GridFileError> {
    let mut out = Head { bytes: Vec::new(), version };
    out.bytes.extend([b'C', b'D', b'F', version.byte()]);
    out.length(0);
    out.list(DIMENSIONS, axes.len());
    for (name, axis) in axes {
        if axis.len == 0 {
            return Err(Place::whole(self::name()).fault(NetcdfFault::Records));
        }
        out.name(name);
        out.length(axis.len as u64);
        // Lengths have 32 bits before CDF-5.
        let most = u64::from(u32::MAX >> 1);
        if version != Version::Cdf5 && axis.len as u64 > most {
            let fault = NetcdfFault::TooLarge { found: axis.len as u64, most, version: version.name() };
            return Err(Place::whole(self::name()).fault(fault));
        }
    }
    let conventions = Attribute::text("Conventions", "CF-1.11");
    out.attributes(&[&[conventions], &content.attributes[..]].concat());
    out.list(VARIABLES, entries.len());
    for (entry, begin) in entries.iter().zip(begins) {
        out.name(&entry.name);
        out.length(entry.dimensions.len() as u64);
        entry.dimensions.iter().for_each(|of| out.length(*of as u64));
        out.attributes(&entry.attributes);
        out.bytes.extend(Kind::Number(entry.number).code().to_be_bytes());
        let shape: Vec<usize> = entry.dimensions.iter().map(|of| axes[*of].1.len).collect();
        let count = product(&shape).unwrap_or(usize::MAX) as u64;
        let size = count.saturating_mul(entry.number.size() as u64).next_multiple_of(4);
        // The specification writes the largest number where the size does not fit.
        out.length(if version == Version::Cdf5 { size } else { size.min(u64::from(u32::MAX)) });
        match version {
            Version::Cdf1 => out.bytes.extend((*begin as u32).to_be_bytes()),
            _ => out.bytes.extend(begin.to_be_bytes()),
        }
    }
    Ok(out.bytes)
}

/// A header in the making.
struct Head {
    bytes: Vec<u8>,
    version: Version,
}

impl Head {
    fn length(&mut self, number: u64) {
        match self.version {
            Version::Cdf5 => self.bytes.extend(number.to_be_bytes()),
            _ => self.bytes.extend((number as u32).to_be_bytes()),
        }
    }

    fn list(&mut self, tag: u32, count: usize) {
        self.bytes.extend(if count == 0 { 0 } else { tag }.to_be_bytes());
        self.length(count as u64);
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn name(&mut self, name: &str) {
        self.length(name.len() as u64);
        self.padded(name.as_bytes());
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        self.list(attribute::TAG, attributes.len());
        for Attribute { name, value } in attributes {
            self.name(name);
            let (kind, count, bytes) = match value {
                AttributeValue::Text(text) => (Kind::Char, text.len(), text.as_bytes().to_vec()),
                AttributeValue::Numbers(numbers) => {
                    let bytes = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
                    (Kind::Number(NumberType::F64), numbers.len(), bytes)
                }
            };
            self.bytes.extend(kind.code().to_be_bytes());
            self.length(count as u64);
            self.padded(&bytes);
        }
    }
}
