//! MATLAB files of version 5 to 7 (`save -v6`, `save -v7`): numeric arrays, compressed or not, real or complex.
//!
//! # Source
//! "MAT-File Format", The MathWorks, R2023a, chapter "Level 5 MAT-file format".

use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::header::Header;
use crate::data_error::DataError;
use crate::input_file;

const HEADER: usize = 128;
const MI_COMPRESSED: u32 = 15;
const MI_MATRIX: u32 = 14;
/// Unpacked bytes of a compressed variable that certainly contain its header.
const PREFIX: u64 = 1 << 16;

/// A file in memory, with its list of variables.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    data: Vec<u8>,
    big: bool,
    variables: Vec<Place>,
}

/// The position of a variable.
#[derive(Debug)]
struct Place {
    header: Header,
    /// Its bytes in the file, compressed or not.
    bytes: Range<usize>,
    compressed: bool,
}

impl File {
    /// Reads a file and lists its variables. Compressed variables are unpacked only as far as their header.
    ///
    /// # Errors
    /// [`DataError::Malformed`] with the byte at which the file stops making sense.
    pub(super) fn open(path: &Path) -> Result<File, DataError> {
        let data = input_file::bytes(path)?;
        let mut file = Bytes { path, data: &data, at: 0, base: 0, big: false };
        let Some(mark) = data.get(124..HEADER) else {
            return Err(file.malformed(format!("{} bytes, shorter than the header of {HEADER}", data.len())));
        };
        file.big = match &mark[2..] {
            b"IM" => false,
            b"MI" => true,
            other => {
                file.at = 126;
                let other = other.escape_ascii();
                return Err(file.malformed(format!(
                    "byte-order mark \"{other}\", expected \"IM\" or \"MI\" (version 4 or no MATLAB file?)"
                )));
            }
        };
        file.at = HEADER;
        let mut variables = Vec::new();
        while file.at < data.len() {
            let (kind, element) = file.element()?;
            let start = element.base as usize;
            let bytes = start..start + element.data.len();
            match kind {
                MI_COMPRESSED => {
                    let prefix = inflate(&element, PREFIX)?;
                    let mut inner = Bytes { data: &prefix, at: 0, ..element };
                    if inner.u32()? == MI_MATRIX {
                        inner.u32()?;
                        let header = header(&mut inner)?;
                        variables.push(Place { header, bytes, compressed: true });
                    }
                }
                MI_MATRIX => {
                    let mut element = element;
                    let header = header(&mut element)?;
                    variables.push(Place { header, bytes, compressed: false });
                }
                _ => {}
            }
        }
        let big = file.big;
        Ok(File { path: path.to_owned(), data, big, variables })
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = &Header> {
        self.variables.iter().map(|place| &place.header)
    }

    /// Real and imaginary part of a variable of plain numbers, column-major.
    ///
    /// # Errors
    /// [`DataError::Malformed`].
    pub(super) fn values(&self, index: usize) -> Result<(Vec<f64>, Option<Vec<f64>>), DataError> {
        let Place { bytes, compressed, header } = &self.variables[index];
        let stored = Bytes {
            path: &self.path,
            data: &self.data[bytes.clone()],
            at: 0,
            base: bytes.start as u64,
            big: self.big,
        };
        if !compressed {
            return numbers_of(stored, header);
        }
        // The numbers and some room for tags and names; a damaged file can unpack to more.
        let parts = if header.complex { 2 } else { 1 };
        let most = crate::memory::of_array(&header.shape, 8 * parts).saturating_add(PREFIX);
        let plain = inflate(&stored, most)?;
        let mut inner = Bytes { data: &plain, at: 0, ..stored };
        let (_, matrix) = inner.element()?;
        numbers_of(matrix, header)
    }
}

/// Unpacks an element, at most so many bytes.
fn inflate(element: &Bytes, most: u64) -> Result<Vec<u8>, DataError> {
    let mut plain = Vec::new();
    let inflated = flate2::read::ZlibDecoder::new(element.data).take(most).read_to_end(&mut plain);
    inflated.map_err(|e| element.malformed(format!("cannot decompress a variable: {e}")))?;
    Ok(plain)
}

/// Bytes being read, with their position in the file for messages.
#[derive(Clone)]
struct Bytes<'a> {
    path: &'a Path,
    data: &'a [u8],
    at: usize,
    base: u64,
    big: bool,
}

impl<'a> Bytes<'a> {
    fn malformed(&self, problem: String) -> DataError {
        let offset = self.base + self.at as u64;
        DataError::Malformed { path: PathBuf::from(self.path), format: "MATLAB", offset, problem }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], DataError> {
        let left = self.data.len() - self.at;
        if n > left {
            return Err(self.malformed(format!("{n} bytes announced, {left} left: truncated?")));
        }
        let taken = &self.data[self.at..self.at + n];
        self.at += n;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, DataError> {
        let bytes = self.take(4)?;
        let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
        Ok(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The next data element: its type and its bytes; moves past the padding.
    fn element(&mut self) -> Result<(u32, Bytes<'a>), DataError> {
        let tag = self.u32()?;
        let small = tag >> 16;
        let (kind, size) =
            if small == 0 { (tag, self.u32()? as usize) } else { (tag & 0xffff, small as usize) };
        let base = self.base + self.at as u64;
        let data = self.take(size)?;
        // Small elements fill 8 bytes with their tag; long ones are padded to 8, except compressed variables.
        let padding = match kind {
            _ if small != 0 => 4usize
                .checked_sub(size)
                .ok_or_else(|| self.malformed(format!("small element of {size} bytes")))?,
            MI_COMPRESSED => 0,
            _ => size.next_multiple_of(8) - size,
        };
        self.at += padding.min(self.data.len() - self.at);
        Ok((kind, Bytes { path: self.path, data, at: 0, base, big: self.big }))
    }

    /// The numbers of an element of a given storage type.
    fn numbers(&self, kind: u32) -> Result<Vec<f64>, DataError> {
        macro_rules! as_f64 {
            ($number:ty) => {{
                const WIDTH: usize = size_of::<$number>();
                let read = |b: &[u8]| {
                    let b: [u8; WIDTH] = b.try_into().expect("chunks have the width asked for");
                    (if self.big { <$number>::from_be_bytes(b) } else { <$number>::from_le_bytes(b) }) as f64
                };
                self.data.chunks_exact(WIDTH).map(read).collect()
            }};
        }
        Ok(match kind {
            1 => as_f64!(i8),
            2 => as_f64!(u8),
            3 => as_f64!(i16),
            4 => as_f64!(u16),
            5 => as_f64!(i32),
            6 => as_f64!(u32),
            7 => as_f64!(f32),
            9 => as_f64!(f64),
            12 => as_f64!(i64),
            13 => as_f64!(u64),
            _ => return Err(self.malformed(format!("storage type {kind} where numbers are expected"))),
        })
    }
}

/// MATLAB's name of an array class, and whether it contains plain numbers.
fn class_name(class: u32) -> Option<(&'static str, bool)> {
    const OTHERS: [&str; 5] = ["cell", "struct", "object", "char", "sparse"];
    const NUMBERS: [&str; 10] =
        ["double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"];
    match class as usize {
        c @ 1..=5 => Some((OTHERS[c - 1], false)),
        c @ 6..=15 => Some((NUMBERS[c - 6], true)),
        16 => Some(("function", false)),
        17 => Some(("opaque", false)),
        _ => None,
    }
}

/// Reads the header of a matrix and moves to its numbers.
fn header(matrix: &mut Bytes) -> Result<Header, DataError> {
    let (_, mut flags) = matrix.element()?;
    let flags = flags.u32()?;
    let Some((class, numeric)) = class_name(flags & 0xff) else {
        return Err(matrix.malformed(format!("array class {}, expected 1 to 17", flags & 0xff)));
    };
    let (class, complex) = (class.to_owned(), flags & 0x0800 != 0);
    if class == "opaque" {
        return Ok(Header { name: String::new(), shape: Vec::new(), class, numeric, complex });
    }
    let (kind, dimensions) = matrix.element()?;
    let shape: Vec<usize> = dimensions.numbers(kind)?.into_iter().map(|n| n.max(0.0) as usize).collect();
    let (_, name) = matrix.element()?;
    let name = String::from_utf8_lossy(name.data).into_owned();
    Ok(Header { name, shape, class, numeric, complex })
}

/// The numbers of a matrix.
fn numbers_of(mut matrix: Bytes, expected: &Header) -> Result<(Vec<f64>, Option<Vec<f64>>), DataError> {
    let Header { name, shape, complex, .. } = header(&mut matrix)?;
    if shape != expected.shape {
        return Err(matrix.malformed(format!("`{name}` has the shape {shape:?} and {:?}", expected.shape)));
    }
    let count = shape.iter().try_fold(1usize, |n, s| n.checked_mul(*s));
    let part = |matrix: &mut Bytes, which: &str| {
        let (kind, element) = matrix.element()?;
        let values = element.numbers(kind)?;
        if Some(values.len()) != count {
            let found = values.len();
            return Err(element
                .malformed(format!("{which} part of `{name}` has {found} values, its shape {shape:?}")));
        }
        Ok(values)
    };
    let real = part(&mut matrix, "real")?;
    let imaginary = if complex { Some(part(&mut matrix, "imaginary")?) } else { None };
    Ok((real, imaginary))
}
