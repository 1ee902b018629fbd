//! The XML of a VTK image file: grid, arrays, and where their numbers are.

use std::ops::Range;
use std::path::{Path, PathBuf};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::data_array::{Centre, DataArray, Storage, TYPES};
use super::fault::VtiFault;
use crate::byte_order::ByteOrder;
use crate::error::GridFileError;
use crate::number_type::NumberType;
use crate::place::Place;

/// The appended data, after their `_`.
#[derive(Debug)]
pub(super) struct Appended {
    pub(super) raw: bool,
    pub(super) range: Range<usize>,
}

/// Everything but the numbers.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) path: PathBuf,
    pub(super) order: ByteOrder,
    /// The type of the numbers in front of the data.
    pub(super) header: NumberType,
    pub(super) compressed: bool,
    /// First and last index along x, y and z.
    pub(super) extent: [[i64; 2]; 3],
    pub(super) origin: [f64; 3],
    pub(super) spacing: [f64; 3],
    pub(super) arrays: Vec<DataArray>,
    pub(super) appended: Option<Appended>,
}

/// The mark of the appended data.
const APPENDED: &[u8] = b"<AppendedData";

/// Reads the XML of a file. Appended data can be raw bytes, which are no XML, so it is read up to there.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Head, GridFileError> {
    let mark = bytes.windows(APPENDED.len()).position(|window| window == APPENDED);
    let text = &bytes[..mark.unwrap_or(bytes.len())];
    let text = std::str::from_utf8(text).map_err(|error| {
        let problem = "a byte that is not UTF-8".to_owned();
        Place::byte(path, error.valid_up_to() as u64).fault(VtiFault::Xml { problem })
    })?;
    let mut walk = Walk { path, at: 0, head: None, piece: None, pieces: 0, centre: None, array: None };
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut closed = false;
    loop {
        let before = reader.buffer_position();
        walk.at = before;
        let event = reader.read_event();
        let after = reader.buffer_position() as usize;
        match event {
            Ok(Event::Start(element)) => {
                walk.start(&element, depth)?;
                depth += 1;
            }
            Ok(Event::Empty(element)) => {
                walk.start(&element, depth)?;
                walk.end(element.name().0);
            }
            Ok(Event::End(element)) => {
                depth = depth.saturating_sub(1);
                walk.end(element.name().0);
                closed |= depth == 0;
            }
            Ok(Event::Text(_)) => walk.text(before as usize..after, depth, text),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(walk.fault(VtiFault::Xml { problem: error.to_string() })),
        }
    }
    let Some(mut head) = walk.head.take() else {
        return Err(Place::whole(path).fault(VtiFault::Xml { problem: "no element".to_owned() }));
    };
    if mark.is_none() && !closed {
        return Err(Place::whole(path).fault(VtiFault::Truncated { expected: "</VTKFile>" }));
    }
    match (walk.pieces, walk.piece) {
        (1, Some(found)) if found == head.extent => {}
        (1, Some(found)) => {
            return Err(Place::whole(path).fault(VtiFault::Part { found, expected: head.extent }));
        }
        (found, _) => return Err(Place::whole(path).fault(VtiFault::Pieces { found })),
    }
    head.appended = mark.map(|mark| appended(path, bytes, mark)).transpose()?;
    Ok(head)
}

/// The appended data that begin with this mark.
fn appended(path: &Path, bytes: &[u8], mark: usize) -> Result<Appended, GridFileError> {
    let at = || Place::byte(path, mark as u64);
    let truncated = |expected| at().fault(VtiFault::Truncated { expected });
    let rest = &bytes[mark..];
    let tag_end =
        rest.iter().position(|byte| *byte == b'>').ok_or_else(|| truncated("the end of <AppendedData>"))?;
    let tag = String::from_utf8_lossy(&rest[..tag_end]).into_owned();
    let encoding = tag.split_once("encoding=").and_then(|(_, after)| {
        let mark = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        after[1..].split_once(mark).map(|(word, _)| word)
    });
    let raw = match encoding {
        Some("raw") => true,
        Some("base64") => false,
        other => {
            let found = other.unwrap_or_default().to_owned();
            let fault = VtiFault::Attribute { attribute: "encoding", found, expected: "raw or base64" };
            return Err(at().fault(fault));
        }
    };
    let begin = rest[tag_end..].iter().position(|byte| *byte == b'_').map(|at| mark + tag_end + at + 1);
    let begin = begin.ok_or_else(|| truncated("the _ before appended data"))?;
    let end = if raw {
        bytes.len()
    } else {
        let len = bytes[begin..].iter().position(|byte| *byte == b'<');
        begin + len.ok_or_else(|| truncated("</AppendedData>"))?
    };
    Ok(Appended { raw, range: begin..end })
}

/// What has been seen so far.
struct Walk<'p> {
    path: &'p Path,
    at: u64,
    head: Option<Head>,
    piece: Option<[[i64; 2]; 3]>,
    pieces: usize,
    centre: Option<Centre>,
    /// The array whose text is next: its place in the list, and its depth.
    array: Option<(usize, usize)>,
}

impl Walk<'_> {
    fn fault(&self, fault: VtiFault) -> GridFileError {
        Place::byte(self.path, self.at).fault(fault)
    }

    fn attribute(&self, of: &BytesStart<'_>, name: &str) -> Result<Option<String>, GridFileError> {
        let wrong = |error: &dyn std::fmt::Display| self.fault(VtiFault::Xml { problem: error.to_string() });
        let Some(found) = of.try_get_attribute(name).map_err(|error| wrong(&error))? else { return Ok(None) };
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .map(|text| Some(text.trim().to_owned()))
            .map_err(|error| wrong(&error))
    }

    fn needed(
        &self,
        of: &BytesStart<'_>,
        element: &'static str,
        attribute: &'static str,
    ) -> Result<String, GridFileError> {
        self.attribute(of, attribute)?.ok_or_else(|| self.fault(VtiFault::NoAttribute { element, attribute }))
    }

    fn wrong(&self, attribute: &'static str, found: &str, expected: &'static str) -> GridFileError {
        let found = found.chars().take(80).collect();
        self.fault(VtiFault::Attribute { attribute, found, expected })
    }

    fn start(&mut self, of: &BytesStart<'_>, depth: usize) -> Result<(), GridFileError> {
        let name = of.name().0;
        match (depth, name) {
            (0, "VTKFile") if self.head.is_none() => self.head = Some(self.file(of)?),
            (0, found) => {
                return Err(self.fault(VtiFault::Element { found: found.to_owned(), expected: "VTKFile" }));
            }
            (1, "ImageData") => self.image(of)?,
            (2, "Piece") => {
                self.pieces += 1;
                let text = self.needed(of, "Piece", "Extent")?;
                self.piece = Some(self.extent("Extent", &text)?);
            }
            (3, "PointData") => self.centre = Some(Centre::Points),
            (3, "CellData") => self.centre = Some(Centre::Cells),
            (4, "DataArray") => self.array(of, depth)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "PointData" | "CellData" => self.centre = None,
            "DataArray" => self.array = None,
            _ => {}
        }
    }

    /// The first text of an array that is not blank.
    fn text(&mut self, range: Range<usize>, depth: usize, text: &str) {
        let Some((array, of_array)) = self.array else { return };
        let blank = text.get(range.clone()).is_none_or(|text| text.trim().is_empty());
        if depth != of_array + 1 || blank {
            return;
        }
        let Some(of) = self.head.as_mut().and_then(|head| head.arrays.get_mut(array)) else { return };
        match &mut of.storage {
            Storage::Text(at) | Storage::Inline(at) if at.start == at.end => *at = range,
            _ => {}
        }
    }

    fn file(&self, of: &BytesStart<'_>) -> Result<Head, GridFileError> {
        let found = self.needed(of, "VTKFile", "type")?;
        if found != "ImageData" {
            return Err(self.fault(VtiFault::Kind { found }));
        }
        let order = match self.attribute(of, "byte_order")?.as_deref() {
            Some("LittleEndian") | None => ByteOrder::Little,
            Some("BigEndian") => ByteOrder::Big,
            Some(found) => return Err(self.wrong("byte_order", found, "LittleEndian or BigEndian")),
        };
        let header = match self.attribute(of, "header_type")?.as_deref() {
            Some("UInt32") | None => NumberType::U32,
            Some("UInt64") => NumberType::U64,
            Some(found) => return Err(self.wrong("header_type", found, "UInt32 or UInt64")),
        };
        let compressed = match self.attribute(of, "compressor")? {
            None => false,
            Some(found) if found == "vtkZLibDataCompressor" => true,
            Some(found) => return Err(self.fault(VtiFault::Compressor { found })),
        };
        Ok(Head {
            path: self.path.to_owned(),
            order,
            header,
            compressed,
            extent: [[0, -1]; 3],
            origin: [0.0; 3],
            spacing: [1.0; 3],
            arrays: Vec::new(),
            appended: None,
        })
    }

    fn image(&mut self, of: &BytesStart<'_>) -> Result<(), GridFileError> {
        let text = self.needed(of, "ImageData", "WholeExtent")?;
        let extent = self.extent("WholeExtent", &text)?;
        let triple = |name: &'static str, expected: &'static str, fits: fn(&f64) -> bool| {
            let text = self.needed(of, "ImageData", name)?;
            let numbers: Option<Vec<f64>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
            match numbers.as_deref() {
                Some(&[x, y, z]) if [x, y, z].iter().all(fits) => Ok([x, y, z]),
                _ => Err(self.wrong(name, &text, expected)),
            }
        };
        let origin = triple("Origin", "three finite numbers", |number| number.is_finite())?;
        let spacing =
            triple("Spacing", "three finite numbers above 0", |number| number.is_finite() && *number > 0.0)?;
        if let Some(found) = self.attribute(of, "Direction")? {
            let numbers: Vec<Option<f64>> = found.split_whitespace().map(|word| word.parse().ok()).collect();
            if numbers != [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0].map(Some) {
                return Err(self.fault(VtiFault::Direction { found }));
            }
        }
        if let Some(head) = &mut self.head {
            (head.extent, head.origin, head.spacing) = (extent, origin, spacing);
        }
        Ok(())
    }

    fn extent(&self, name: &'static str, text: &str) -> Result<[[i64; 2]; 3], GridFileError> {
        // Within 32 bits, as in VTK, so that lengths do not overflow.
        let numbers: Option<Vec<i32>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[a, b, c, d, e, f]) if a <= b && c <= d && e <= f => {
                Ok([[a, b], [c, d], [e, f]].map(|pair| pair.map(i64::from)))
            }
            _ => Err(self.wrong(name, text, "six whole numbers: first and last index of x, y and z")),
        }
    }

    fn array(&mut self, of: &BytesStart<'_>, depth: usize) -> Result<(), GridFileError> {
        let Some(centre) = self.centre else { return Ok(()) };
        let kind = self.needed(of, "DataArray", "type")?;
        // Text and bits are no numbers on a grid.
        let Some((_, number)) = TYPES.iter().find(|(name, _)| *name == kind) else { return Ok(()) };
        let components = match self.attribute(of, "NumberOfComponents")? {
            None => 1,
            Some(text) => text
                .parse()
                .map_err(|_| self.wrong("NumberOfComponents", &text, "a whole number from 0 on"))?,
        };
        let format = self.attribute(of, "format")?;
        let storage = match format.as_deref() {
            Some("ascii") | None => Storage::Text(0..0),
            Some("binary") => Storage::Inline(0..0),
            Some("appended") => {
                let offset = self.needed(of, "DataArray", "offset")?;
                let parsed = offset.parse();
                Storage::Appended(parsed.map_err(|_| self.wrong("offset", &offset, "a number of bytes"))?)
            }
            Some(found) => return Err(self.wrong("format", found, "ascii, binary or appended")),
        };
        let name = self.attribute(of, "Name")?.unwrap_or_default();
        if let Some(head) = &mut self.head {
            self.array = Some((head.arrays.len(), depth));
            head.arrays.push(DataArray { name, centre, number: *number, components, storage });
        }
        Ok(())
    }
}
