//! Numbers without a header, such as `vp.bin`: what they are is told by a [`Description`], or by an RSF header beside them.
//!
//! The description that is written, and read, is an RSF header `NAME.bin.rsf` beside `NAME.bin`: it holds type, byte order, shape,
//! order of the axes, origin, spacing, names and units, can be read by people, and Madagascar opens it. A format of our own
//! would say the same to one program only.
//!
//! DENISE writes `model.vp` with z fastest: axes `[x, z]`. SEISCL and many Fortran programs do the same; C and Python programs
//! often have x fastest: axes `[z, x]`.

mod fault;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::array::{Array, Axis, product};
use crate::byte_order::ByteOrder;
use crate::error::GridFileError;
use crate::number_type::NumberType;
use crate::place::Place;
use crate::rsf;
use crate::source::Source;

pub use fault::{Fit, RawFault};

/// What is in a file without a header.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// The axes, slowest first. The last is the one along which numbers are neighbours in the file.
    pub axes: Vec<Axis>,
    /// The type of the numbers.
    pub number: NumberType,
    /// Their byte order.
    pub byte_order: ByteOrder,
    /// Bytes to leave out before the first number.
    pub skip: u64,
    /// Whether NaN and infinity are read. Otherwise they are an error.
    pub keep_non_finite: bool,
}

impl Description {
    /// Little-endian `f32` on these axes from the first byte on.
    #[must_use]
    pub fn new(axes: Vec<Axis>) -> Self {
        Self { axes, number: NumberType::F32, byte_order: ByteOrder::Little, skip: 0, keep_non_finite: false }
    }
}

/// A header of at most so many bytes is proposed.
const LARGEST_HEADER: u64 = 4096;

/// Reads the numbers of a file.
///
/// # Errors
/// [`RawFault::Size`] with what would fit, [`RawFault::Skip`], and those of reading.
pub fn read(path: &Path, description: &Description) -> Result<Array, GridFileError> {
    of(&Source::open(path)?, description)
}

/// The same for bytes in memory, with a name for messages.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(name: &Path, bytes: Vec<u8>, description: &Description) -> Result<Array, GridFileError> {
    of(&Source::memory(name, bytes)?, description)
}

fn of(source: &Source, description: &Description) -> Result<Array, GridFileError> {
    let Description { axes, number, byte_order, skip, keep_non_finite } = description;
    let whole = || Place::whole(source.path());
    let found = source
        .size()
        .checked_sub(*skip)
        .ok_or_else(|| whole().fault(RawFault::Skip { skip: *skip, found: source.size() }))?;
    let shape: Vec<usize> = axes.iter().map(|axis| axis.len).collect();
    let count = product(&shape);
    let expected = count.and_then(|count| (count as u64).checked_mul(number.size() as u64));
    let (Some(count), true) = (count, expected == Some(found)) else {
        let fitting = fitting(&shape, *number, found);
        return Err(whole().fault(RawFault::Size { found, expected, shape, number: *number, fitting }));
    };
    let mut values = Vec::new();
    source.numbers(*skip, count, (*number, *byte_order), &mut values)?;
    let array = Array { axes: axes.clone(), values, name: None, unit: None };
    if *keep_non_finite { Ok(array) } else { array.finite(whole) }
}

/// What fits so many bytes: another length of one axis, another type, a header in front.
fn fitting(shape: &[usize], number: NumberType, found: u64) -> Vec<Fit> {
    let mut fits = Vec::new();
    let size = number.size() as u64;
    for axis in 0..shape.len() {
        let mut other = shape.to_vec();
        other[axis] = 1;
        let rest = product(&other).and_then(|rest| (rest as u64).checked_mul(size)).unwrap_or(0);
        if rest > 0
            && found > 0
            && found.is_multiple_of(rest)
            && let Ok(len) = usize::try_from(found / rest)
        {
            other[axis] = len;
            fits.push(Fit::Shape(other));
        }
    }
    let Some(count) = product(shape).map(|count| count as u64).filter(|count| *count > 0) else {
        return fits;
    };
    for other in [NumberType::F32, NumberType::F64, NumberType::I16, NumberType::U8] {
        if other != number && count.checked_mul(other.size() as u64) == Some(found) {
            fits.push(Fit::Number(other));
        }
    }
    let more = count.checked_mul(size).and_then(|expected| found.checked_sub(expected));
    fits.extend(more.filter(|more| (1..=LARGEST_HEADER).contains(more)).map(Fit::Skip));
    fits
}

/// The RSF header that describes a file of raw numbers: its name and `.rsf`.
#[must_use]
pub fn description_path(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".rsf");
    name.into()
}

/// Reads a file of raw numbers as the RSF header beside it describes it; `None` where there is none.
///
/// # Errors
/// Those of [`rsf::File::open`] and [`rsf::File::read`].
pub fn described(data: &Path) -> Result<Option<rsf::File>, GridFileError> {
    let header = description_path(data);
    if !header.is_file() {
        return Ok(None);
    }
    rsf::File::open(&header, &rsf::ReadOptions::default()).map(Some)
}

/// Writes the numbers alone.
///
/// # Errors
/// [`crate::Fault::NotRepresentable`], [`crate::Fault::Write`].
pub fn write<W: Write>(out: W, array: &Array, options: &rsf::WriteOptions) -> Result<(), GridFileError> {
    array.check(Path::new("raw"))?;
    rsf::write_data(out, array, options)
}

/// The text of the RSF header of a file of raw numbers with this name, to be written to its [`description_path`].
///
/// # Errors
/// As [`rsf::header_of`].
pub fn description(data: &Path, array: &Array, options: &rsf::WriteOptions) -> Result<String, GridFileError> {
    let name = data.file_name().unwrap_or_default().to_string_lossy();
    rsf::header_of(array, options, Some(&name))
}
