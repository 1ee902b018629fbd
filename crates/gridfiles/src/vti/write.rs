//! Writing VTK image files.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::data_array::TYPES;
use super::fault::VtiFault;
use crate::array::{Array, Axis};
use crate::byte_order::ByteOrder;
use crate::cf::Role;
use crate::error::{Fault, GridFileError};
use crate::number_type::NumberType;
use crate::place::Place;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Text.
    Ascii,
    /// Base64 in the elements.
    #[default]
    Base64,
    /// Bytes behind the XML: the smallest files, which are no valid XML.
    Raw,
}

impl Encoding {
    /// All encodings.
    pub const ALL: [Self; 3] = [Self::Ascii, Self::Base64, Self::Raw];
}

/// Options of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// How numbers are stored.
    pub encoding: Encoding,
    /// Whether they are compressed with zlib; text never is.
    pub compressed: bool,
    /// The type of the numbers.
    pub number: NumberType,
}

impl Default for WriteOptions {
    /// `f64` in base64, not compressed.
    fn default() -> Self {
        Self { encoding: Encoding::Base64, compressed: false, number: NumberType::F64 }
    }
}

/// What is written: named arrays at the nodes of one grid.
#[derive(Debug, Clone, Default)]
pub struct Image<'a> {
    /// Origin, spacing and number of nodes of x, y and z; an axis that a section or a line lacks has one node.
    axes: [(f64, f64, usize); 3],
    arrays: Vec<(&'a str, &'a [f64])>,
}

impl<'a> Image<'a> {
    /// Arrays on the same axes, each with its name. The roles or names of the axes are x, y and z.
    ///
    /// # Errors
    /// [`VtiFault::Axes`], [`VtiFault::OtherAxes`], [`Fault::Count`].
    pub fn of(arrays: &[(&'a str, &'a Array)]) -> Result<Self, GridFileError> {
        let at = || Place::whole(Path::new("VTK"));
        let Some((_, first)) = arrays.first() else { return Ok(Self::default()) };
        let axes = axes(&first.axes).ok_or_else(|| {
            let name = |axis: &Axis| axis.name.clone().unwrap_or_default();
            at().fault(VtiFault::Axes { found: first.axes.iter().map(name).collect() })
        })?;
        for (name, array) in arrays {
            array.check(Path::new("VTK"))?;
            if array.axes != first.axes {
                return Err(at().fault(VtiFault::OtherAxes { name: (*name).to_owned() }));
            }
        }
        // The file has x fastest.
        let mut image = Self { axes, arrays: Vec::new() };
        let roles: Vec<Role> = first.axes.iter().filter_map(role).collect();
        let rank = |role: &Role| [Role::Z, Role::Y, Role::X].iter().position(|of| of == role);
        if !roles.is_sorted_by_key(rank) {
            let found = first.axes.iter().map(|axis| axis.name.clone().unwrap_or_default()).collect();
            return Err(at().fault(VtiFault::Axes { found }));
        }
        image.arrays = arrays.iter().map(|(name, array)| (*name, &array.values[..])).collect();
        Ok(image)
    }

    /// Arrays `[z, y, x]`, x fastest, on a grid with this origin, spacing and number of nodes of x, y and z.
    #[must_use]
    pub fn on(axes: [(f64, f64, usize); 3], arrays: Vec<(&'a str, &'a [f64])>) -> Self {
        Self { axes, arrays }
    }
}

fn role(axis: &Axis) -> Option<Role> {
    axis.role.or_else(|| Role::named(axis.name.as_deref()?))
}

/// Origin, spacing and nodes of x, y and z; `None` where the axes do not tell.
fn axes(of: &[Axis]) -> Option<[(f64, f64, usize); 3]> {
    let fastest = of.last()?.spacing.unwrap_or(1.0);
    let mut axes = [(0.0, fastest, 1); 3];
    let mut given = [false; 3];
    for axis in of {
        let at = role(axis)? as usize;
        if std::mem::replace(&mut given[at], true) {
            return None;
        }
        let spacing = axis.spacing.or((axis.len == 1).then_some(1.0)).filter(|spacing| *spacing > 0.0)?;
        axes[at] = (axis.origin?, spacing, axis.len);
    }
    Some(axes)
}

/// Bytes in a compressed block.
const BLOCK: usize = 1 << 15;

/// Writes an image.
///
/// # Errors
/// [`Fault::Count`], [`Fault::NotRepresentable`], [`Fault::Write`].
pub fn write<W: Write>(mut out: W, image: &Image<'_>, options: &WriteOptions) -> Result<(), GridFileError> {
    let failed = |error| Place::whole(Path::new("VTK")).fault(Fault::Write(error));
    let WriteOptions { encoding, compressed, number } = *options;
    let compressed = compressed && encoding != Encoding::Ascii;
    let [x, y, z] = image.axes;
    let nodes: usize = [x, y, z].iter().map(|(_, _, nodes)| nodes).product();
    let extent = [x, y, z].map(|(_, _, nodes)| format!("0 {}", nodes.saturating_sub(1))).join(" ");
    let kind = TYPES.iter().find(|(_, of)| *of == number).map_or("Float64", |(name, _)| name);
    let mut text = format!(
        "<?xml version=\"1.0\"?>\n\
         <VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\"{}>\n\
         <ImageData WholeExtent=\"{extent}\" Origin=\"{} {} {}\" Spacing=\"{} {} {}\">\n\
         <Piece Extent=\"{extent}\">\n<PointData Scalars=\"{}\">\n",
        if compressed { " compressor=\"vtkZLibDataCompressor\"" } else { "" },
        x.0,
        y.0,
        z.0,
        x.1,
        y.1,
        z.1,
        escaped(image.arrays.first().map_or("", |(name, _)| name)),
    );
    let mut appended = Vec::new();
    for (name, values) in &image.arrays {
        let name = escaped(name);
        if values.len() != nodes {
            let fault =
                Fault::Count { found: values.len(), shape: [z, y, x].map(|(_, _, nodes)| nodes).to_vec() };
            return Err(Place::item(Path::new("VTK"), format!("array {name}")).fault(fault));
        }
        text += &format!("<DataArray type=\"{kind}\" Name=\"{name}\" format=");
        if encoding == Encoding::Ascii {
            text += "\"ascii\">\n";
            text += &values.iter().map(|value| number.text(*value)).collect::<Vec<_>>().join(" ");
            text += "\n</DataArray>\n";
            continue;
        }
        let mut bytes = Vec::new();
        number
            .encode(ByteOrder::Little, values, &mut bytes)
            .map_err(|fault| Place::item(Path::new("VTK"), format!("array {name}")).fault(fault))?;
        let (header, data) = if compressed { blocks(&bytes) } else { (vec![bytes.len() as u64], bytes) };
        let header: Vec<u8> = header.iter().flat_map(|number| number.to_le_bytes()).collect();
        if encoding == Encoding::Raw {
            text += &format!("\"appended\" offset=\"{}\"/>\n", appended.len());
            appended.extend(header);
            appended.extend(data);
            continue;
        }
        text += "\"binary\">\n";
        // The header of compressed numbers is encoded by itself.
        if compressed {
            STANDARD.encode_string(&header, &mut text);
            STANDARD.encode_string(&data, &mut text);
        } else {
            STANDARD.encode_string([header, data].concat(), &mut text);
        }
        text += "\n</DataArray>\n";
    }
    text += "</PointData>\n</Piece>\n</ImageData>\n";
    out.write_all(text.as_bytes()).map_err(failed)?;
    if encoding == Encoding::Raw {
        out.write_all(b"<AppendedData encoding=\"raw\">\n_").map_err(failed)?;
        out.write_all(&appended).map_err(failed)?;
        out.write_all(b"\n</AppendedData>\n").map_err(failed)?;
    }
    out.write_all(b"</VTKFile>\n").map_err(failed)?;
    out.flush().map_err(failed)
}

/// The header and the bytes of compressed numbers.
fn blocks(bytes: &[u8]) -> (Vec<u64>, Vec<u8>) {
    let pieces: Vec<&[u8]> = bytes.chunks(BLOCK).collect();
    let mut header = vec![pieces.len() as u64, BLOCK as u64, (bytes.len() % BLOCK) as u64];
    let mut data = Vec::new();
    for piece in pieces {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        // Writing to memory does not fail.
        let packed = encoder.write_all(piece).and_then(|()| encoder.finish()).unwrap_or_default();
        header.push(packed.len() as u64);
        data.extend(packed);
    }
    (header, data)
}

/// A text in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
