//! MATLAB files of version 5, which `load` of MATLAB and `scipy.io.loadmat` read: writing only.
//!
//! # Source
//! MathWorks, "MAT-File Format", chapter 1: level 5, data elements of type miMATRIX.

mod fault;

use std::io::Write;
use std::path::Path;

use crate::array::Array;
use crate::byte_order::ByteOrder;
use crate::error::{Fault, GridFileError};
use crate::number_type::NumberType;
use crate::place::Place;

pub use fault::Mat5Fault;

/// Types of data elements.
const MI_INT8: u32 = 1;
const MI_INT32: u32 = 5;
const MI_UINT32: u32 = 6;
const MI_SINGLE: u32 = 7;
const MI_DOUBLE: u32 = 9;
const MI_MATRIX: u32 = 14;
/// Classes of arrays.
const MX_DOUBLE: u32 = 6;
const MX_SINGLE: u32 = 7;

/// One variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'a> {
    /// Its name in MATLAB.
    pub name: &'a str,
    /// Its numbers. The first axis becomes the first index, so `[z, x]` is `vp(iz, ix)`; one axis becomes a column.
    pub array: &'a Array,
    /// `f32` (single) or `f64` (double).
    pub number: NumberType,
}

/// Writes the variables, uncompressed, little endian.
///
/// # Errors
/// [`Mat5Fault`], [`Fault::NotRepresentable`], [`Fault::Write`].
pub fn write<W: Write>(mut out: W, variables: &[Variable<'_>]) -> Result<(), GridFileError> {
    let failed = |error| Place::whole(Path::new("MATLAB")).fault(Fault::Write(error));
    let mut head = b"MATLAB 5.0 MAT-file, written by gridfiles".to_vec();
    head.resize(116, b' ');
    head.extend([0; 8]);
    head.extend(b"\x00\x01IM");
    out.write_all(&head).map_err(failed)?;
    for (i, variable) in variables.iter().enumerate() {
        let wrong = |fault: Mat5Fault| {
            Place::item(Path::new("MATLAB"), format!("variable {:?}", variable.name)).fault(fault)
        };
        if variables[..i].iter().any(|before| before.name == variable.name) {
            return Err(wrong(Mat5Fault::Twice { found: variable.name.to_owned() }));
        }
        out.write_all(&element(variable, wrong)?).map_err(failed)?;
    }
    out.flush().map_err(failed)
}

fn element(
    variable: &Variable<'_>,
    wrong: impl Fn(Mat5Fault) -> GridFileError,
) -> Result<Vec<u8>, GridFileError> {
    let Variable { name, array, number } = *variable;
    let letters = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !letters || name.len() > 63 {
        return Err(wrong(Mat5Fault::Name { found: name.to_owned() }));
    }
    let (kind, class) = match number {
        NumberType::F32 => (MI_SINGLE, MX_SINGLE),
        NumberType::F64 => (MI_DOUBLE, MX_DOUBLE),
        found => return Err(wrong(Mat5Fault::Number { found })),
    };
    array.check_axes(Path::new("MATLAB"), [1, 32])?;
    let bytes = (array.values.len() as u64).saturating_mul(number.size() as u64);
    let most = (1_u64 << 31) - 1024;
    if bytes >= most {
        return Err(wrong(Mat5Fault::Size { found: bytes, most }));
    }
    // MATLAB's first index is the fastest.
    let reversed: Vec<usize> = (0..array.axes.len()).rev().collect();
    let turned = array.transposed(&reversed);
    let mut shape = array.shape();
    if shape.len() == 1 {
        shape.push(1);
    }
    let mut inner = Vec::new();
    append(&mut inner, MI_UINT32, &[class.to_le_bytes(), [0; 4]].concat());
    let lengths: Vec<u8> = shape.iter().flat_map(|len| (*len as u32).to_le_bytes()).collect();
    append(&mut inner, MI_INT32, &lengths);
    append(&mut inner, MI_INT8, name.as_bytes());
    let mut numbers = Vec::new();
    number
        .encode(ByteOrder::Little, &turned.values, &mut numbers)
        .map_err(|fault| Place::item(Path::new("MATLAB"), format!("variable {name:?}")).fault(fault))?;
    append(&mut inner, kind, &numbers);
    let mut all = Vec::with_capacity(inner.len() + 8);
    append(&mut all, MI_MATRIX, &inner);
    Ok(all)
}

/// Appends an element: its type, its length, its bytes, and zeros up to a multiple of eight bytes.
fn append(out: &mut Vec<u8>, kind: u32, bytes: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(8), 0);
}
